import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";

/** Which bodies go, and who still reads them. */
export interface PruneOptions {
  /** The lowest height above genesis from which on every body of the chain is kept. */
  readonly lowest: { get(): number; set(height: number): void };
  /** Blocks at the end of the chain that are kept in any case. */
  readonly keepBlocks: number;
  /** Up to where a follower has read bodies; -1 before it began. */
  followedHeight(): Promise<number>;
}

/** The chain and its bodies. */
export interface PruneDeps {
  readonly coins: Pick<CoinStore, "tip" | "frozen">;
  readonly blocks: Pick<BlockStore, "forget">;
}

/** Bodies that go in one run, so that nothing else waits long. */
const PRUNE_BLOCKS_MAX = 2_000;

/**
 * Remove bodies below the newest blocks: the final ones alone, and only when the index has read
 * them. What is to go is noted before it goes, so that nobody takes a gap for damage.
 *
 * @returns how many went; fewer than may go where that are many
 */
export async function pruneBlocks(
  { lowest, keepBlocks, followedHeight }: PruneOptions,
  { coins, blocks }: PruneDeps,
): Promise<number> {
  const tip = await coins.tip();
  if (tip === undefined) return 0;
  const from = lowest.get();
  const kept = Math.min(tip.final, await followedHeight(), tip.height + 1 - keepBlocks);
  const end = Math.min(kept, from + PRUNE_BLOCKS_MAX);
  if (end <= from) return 0;
  lowest.set(end);
  for (let height = from; height < end; height++) {
    const hash = await activeHashAt(height, tip, coins);
    if (hash !== undefined) await blocks.forget(hash);
  }
  return end - from;
}
