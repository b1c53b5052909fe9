import type { HashHex, UnixSeconds } from "#shared/primitives/brand.ts";

/** How often a block was begun again after a delivery that was not finished, and when last. */
export interface Tries {
  readonly count: number;
  readonly last: UnixSeconds;
  /** When operators were told of it last; `undefined`: never. */
  readonly told: UnixSeconds | undefined;
}

/**
 * Which blocks were being connected when their worker died, so that one that crashes us does not
 * stop the city. Only a repeated delivery is noted. A note that is retried may count twice: the
 * count decides when to leave a block alone for a while, never whether it is valid.
 *
 * Implementations: `adapters/embedded/memory-block-tries.ts`, `adapters/aws/dynamo-block-tries.ts`.
 * Each passes `test/ports/block-tries.contract.ts`. Every method throws StoreFault when the world
 * failed.
 *
 * @source cloud.md 4.2
 */
export interface BlockTries {
  /** One more, and now. The block's header must be known. */
  note(hash: HashHex, now: UnixSeconds): Promise<void>;
  /** Operators were told of it now. Only of a block that was noted. */
  noteTold(hash: HashHex, now: UnixSeconds): Promise<void>;
  /** @returns `undefined` when it was never noted */
  get(hash: HashHex): Promise<Tries | undefined>;
}
