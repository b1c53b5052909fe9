import type { Tip } from "#shared/coins/tip.ts";

/** Where the chain ended when somebody last said so. */
export type NoticedTip = Pick<Tip, "rev" | "height" | "hash" | "work">;

/**
 * A hint of the tip that is cheap to poll: the tip itself is up to 131 KB, this a hundred bytes. It is
 * written after the commit, so it may lag and be lost; whoever sees it change reads the tip. Nothing
 * is decided by what it says; that it is there outlives a chain which is forgotten, and says that
 * there was a tip.
 *
 * Implementations: `adapters/embedded/memory-tip-notice.ts`, `adapters/aws/dynamo-tip-notice.ts`. Each
 * passes `test/ports/tip-notice.contract.ts`. Every method throws StoreFault when the world failed.
 *
 * @source cloud.md 3.1 `NOW`
 */
export interface TipNotice {
  /** Say it, unless a tip of a higher revision was told of before: somebody was faster. */
  put(tip: NoticedTip): Promise<void>;
  /** @returns `undefined` before the first */
  read(): Promise<NoticedTip | undefined>;
}
