import type { IndexPoint } from "#shared/ports/address-index.ts";
import type { Log } from "#shared/ports/log.ts";
import { followTip, type IndexDeps } from "./core.ts";

/** Left at the end of a run for the batch in hand. */
const RESERVE_MS = 15_000;
/** Blocks of one batch: a cold table takes some 50 ms for each. */
const BATCH_BLOCKS_MAX = 32;

interface Following {
  readonly deps: IndexDeps;
  readonly log: Pick<Log, "info">;
  /** Of the tip that a hint told of. */
  readonly hintedRev?: number;
}

/**
 * Bring the index to the tip as far as a run's time goes. What is left is found by the next hint, or
 * by the tick.
 *
 * @param leftMs until whoever runs this is cut off
 */
export async function followWithin(
  leftMs: number,
  { deps, log, hintedRev }: Following,
): Promise<IndexPoint | undefined> {
  const signal = AbortSignal.timeout(Math.max(1, leftMs - RESERVE_MS));
  let blocks = 0;
  const at = await followTip(deps, {
    signal,
    batchBlocksMax: BATCH_BLOCKS_MAX,
    isCounted: false,
    hintedRev,
    onProgress(progress) {
      blocks = progress.blocks;
    },
  });
  log.info("followed", { blocks, height: at?.height, cut: signal.aborted });
  return at;
}
