import type { Tip } from "#shared/coins/tip.ts";

/** Who follows the chain from the tables. */
export type FollowerName = "index" | "mempool" | "schedule" | "settle";

/** The block up to which a follower has done its work, and the revision of the tip it saw. */
export interface Cursor extends Pick<Tip, "rev" | "height" | "hash"> {
  /** Of the follower's own tables, where they have generations; 0 until one was loaded. */
  readonly generation: number;
}

/**
 * How far each follower has come. A follower repeats its work without harm, so a cursor that goes back
 * within a generation costs time only; it must never name a block whose work, and that of its ancestors, is not done.
 *
 * Implementations: `adapters/embedded/memory-cursors.ts`, `adapters/aws/dynamo-cursors.ts`. Each passes
 * `test/ports/cursors.contract.ts`. Every method throws StoreFault when the world failed.
 *
 * @source cloud.md 3.1 `C#`
 */
export interface Cursors {
  /** @returns `undefined` for a follower that never said */
  get(follower: FollowerName): Promise<Cursor | undefined>;
  /**
   * Changes nothing where the tables in use are of a newer generation: whoever still writes into older
   * ones is late. So nobody turns back to a generation that was replaced.
   */
  set(follower: FollowerName, cursor: Cursor): Promise<void>;
}
