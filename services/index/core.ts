import type { Tip } from "#shared/coins/tip.ts";
import { LOAD_GAP_BLOCKS } from "#shared/fleet/load-gap.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type {
  AddressIndex,
  AddressIndexWriter,
  BlockToIndex,
  IndexPoint,
} from "#shared/ports/address-index.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { height } from "#shared/primitives/brand.ts";
import { type SeedDeps, seedIndex } from "./seed-index.ts";

/** The chain that is followed, and the index that follows it. */
export interface IndexDeps {
  readonly coins: Pick<CoinStore, "tip" | "frozen">;
  readonly blocks: Pick<BlockStore, "get">;
  /** Where bodies of old blocks may be missing: chain state to begin with instead. */
  readonly seed?: Omit<SeedDeps, "index"> & { lowestBody(): number };
  readonly index: AddressIndexWriter & Pick<AddressIndex, "cursor" | "base" | "blockRow">;
  /** Whether somebody loads the city now, who makes an index of a long chain at once. */
  readonly isLoading?: () => Promise<boolean>;
}

/** How far a run has come. */
export interface IndexProgress {
  readonly at: IndexPoint;
  /** Height of the tip that is followed. */
  readonly target: number;
  /** Of this run. */
  readonly blocks: number;
  readonly transactions: number;
  readonly bytes: number;
}

/** When to stop, and who is told how far it is. */
export interface FollowOptions {
  /** Ends the run after the batch in hand; what it wrote stays. */
  readonly signal?: AbortSignal;
  /** Of one batch, 256 unless given: what a run that is cut off may do in vain. */
  readonly batchBlocksMax?: number;
  /**
   * Of the hint that this run follows. Another run follows the next one: this one does not look
   * whether the tip has moved meanwhile.
   */
  readonly hintedRev?: number | undefined;
  /** Whether `transactions` of the progress are wanted, which costs two reads a batch. */
  readonly isCounted?: boolean;
  /** Called after every batch. */
  readonly onProgress?: (progress: IndexProgress) => void;
}

/** Most blocks and bytes of one batch: about a fifth of a second of indexing. */
const BATCH_BLOCKS_MAX = 256;
const BATCH_BYTES_MAX = 2 * 1_048_576;

/**
 * Bring the index to the tip: from the highest block that it and the chain have in common, batch by
 * batch. May be killed at any instant and run by anybody at any time: everything is derived from
 * the stores, and what is written twice is written once.
 *
 * Where chain state came from a snapshot, or bodies were pruned, the index begins with the coins.
 *
 * @returns where the index stands; the tip, unless the signal was aborted or the city is loaded;
 *   `undefined` without one
 * @throws StoreFault `EXOS-E1011` when the body of a block of the chain is missing
 */
export async function followTip(
  deps: IndexDeps,
  options: FollowOptions = {},
): Promise<IndexPoint | undefined> {
  const { signal, onProgress, batchBlocksMax = BATCH_BLOCKS_MAX } = options;
  const { hintedRev, isCounted = true } = options;
  let blocks = 0;
  let transactions = 0;
  let bytes = 0;
  for (;;) {
    const tip = await deps.coins.tip(hintedRev);
    const cursor = await deps.index.cursor();
    if (tip === undefined || cursor?.hash === tip.hash || signal?.aborted === true) return cursor;

    const behind = tip.height - (cursor?.height ?? 0);
    // Economy alone: whoever dies at it leaves it to us after all.
    if (behind > LOAD_GAP_BLOCKS && (await deps.isLoading?.()) === true) return cursor;
    const { seed } = deps;
    if (cursor === undefined && seed !== undefined && (tip.floor > 0 || seed.lowestBody() > 1)) {
      await seedIndex(tip, { ...seed, index: deps.index });
      continue;
    }
    const fork = await findFork(cursor, tip, deps);
    const batch = await readBatch({ from: fork + 1, blocksMax: batchBlocksMax }, tip, deps);
    await deps.index.add(batch);
    // A tip below the cursor leaves nothing to add: `invalidateblock`, or a start after a kill.
    await deps.index.follow(batch.at(-1)?.hash ?? tip.hash);

    const at = batch.at(-1) ?? tip;
    blocks += batch.length;
    if (isCounted) transactions += await transactionsBetween(fork, at.height, deps);
    bytes = batch.reduce((sum, block) => sum + block.bytes.length, bytes);
    const point = { height: at.height, hash: at.hash };
    onProgress?.({ at: point, target: tip.height, blocks, transactions, bytes });
    if (hintedRev !== undefined && point.hash === tip.hash) return point;
  }
}

/**
 * Height of the highest block that the index follows and the tip's chain holds; -1 when there is
 * none. Below it they agree everywhere, so it is searched by halving.
 */
async function findFork(
  cursor: IndexPoint | undefined,
  tip: Tip,
  { coins, index }: IndexDeps,
): Promise<number> {
  const agree = async (at: number): Promise<boolean> =>
    (await index.blockRow(height(at)))?.hash === (await activeHashAt(at, tip, coins));

  // A history that begins above genesis begins with a final block, so they agree about that.
  const lowest = (await index.base())?.height ?? -1;
  const none = lowest > 0 ? lowest : -1;
  let differs = (cursor?.height ?? -1) + 1;
  let step = 1;
  let agrees = differs - 1;
  while (agrees > none && !(await agree(agrees))) {
    differs = agrees;
    agrees = Math.max(none, agrees - step);
    step *= 2;
  }
  while (differs - agrees > 1) {
    const middle = Math.floor((agrees + differs) / 2);
    if (await agree(middle)) agrees = middle;
    else differs = middle;
  }
  return agrees;
}

/** Transactions of the blocks above one height up to another, by the sums in their rows. */
async function transactionsBetween(
  fork: number,
  end: number,
  { index }: Pick<IndexDeps, "index">,
): Promise<number> {
  const [before, after] = await Promise.all([
    fork < 0 ? undefined : index.blockRow(height(fork)),
    index.blockRow(height(end)),
  ]);
  return (after?.transactionsSum ?? 0) - (before?.transactionsSum ?? 0);
}

/** Blocks of the chain from a height up, as many as one batch takes, at least one if there is one. */
async function readBatch(
  { from, blocksMax }: { readonly from: number; readonly blocksMax: number },
  tip: Tip,
  { coins, blocks }: IndexDeps,
): Promise<BlockToIndex[]> {
  const batch: BlockToIndex[] = [];
  let bytesSum = 0;
  for (let at = from; at <= tip.height; at++) {
    const hash = await activeHashAt(at, tip, coins);
    const bytes = hash === undefined ? undefined : await blocks.get(hash);
    if (hash === undefined || bytes === undefined) throw missingBody(at);
    batch.push({ height: height(at), hash, bytes });
    bytesSum += bytes.length;
    if (batch.length >= blocksMax || bytesSum >= BATCH_BYTES_MAX) break;
  }
  return batch;
}

function missingBody(at: number): StoreFault {
  return new StoreFault(
    `The block at height ${at} is not stored. Run \`exos repair --from blocks\`.`,
    { retryable: false, code: "EXOS-E1011" },
  );
}
