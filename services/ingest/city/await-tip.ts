import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import type { Network } from "#shared/consensus/params.ts";
import { type BlockHint, blockHint } from "#shared/messages/block-hint.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { Log } from "#shared/ports/log.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";
import type { WorkQueue } from "#shared/ports/work-queue.ts";

/** What the first look at a city needs. */
export interface AwaitTipDeps {
  readonly network: Network;
  readonly coins: Pick<CoinStore, "tip">;
  readonly headers: Pick<HeaderStore, "put" | "setBodySize" | "setChecked">;
  readonly blocks: Pick<BlockStore, "put">;
  /** Asks for a stored block to be checked. */
  readonly hints: WorkQueue<BlockHint>;
  readonly clock: Pick<Clock, "sleep">;
  readonly log: Pick<Log, "info">;
}

const LOOK_MS = 1_000;
/** Looks between two hints: a hint may be lost. */
const LOOKS_PER_HINT = 60;

/**
 * Wait until a city has a tip. A new one has none: genesis is stored and hinted at, and whoever
 * connects, who alone may write the tip, makes it the first. Where a set is being loaded, the tip
 * is the set's.
 *
 * @returns whether there is a tip; `false` when the signal was aborted first
 * @throws StoreFault when the world failed
 */
export async function awaitTip(deps: AwaitTipDeps, signal: AbortSignal): Promise<boolean> {
  for (let look = 0; !signal.aborted; look++) {
    if ((await deps.coins.tip()) !== undefined) return true;
    if (look % LOOKS_PER_HINT === 0) await hintGenesis(deps);
    await sleepOrStop(deps.clock, LOOK_MS, signal);
  }
  return false;
}

async function hintGenesis({ network, headers, blocks, hints, log }: AwaitTipDeps): Promise<void> {
  const { raw } = network.consensus.genesis;
  const record = genesisRecord(network);
  log.info("no tip yet: genesis is handed in", { hash: record.hash });
  await headers.put(record);
  await blocks.put(record.hash, raw);
  await headers.setBodySize(record.hash, raw.length);
  await headers.setChecked(record.hash);
  await hints.send(blockHint("block", record.hash));
}
