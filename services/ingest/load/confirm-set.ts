import { RunningTotals } from "#shared/coins/running-totals.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { noteDigests } from "./copy-chain.ts";
import type { LoadDeps, PreparedChain } from "./run-load.ts";
import type { LoadedSet } from "./switch-generation.ts";

/**
 * Judge every block of a set that began with a snapshot from genesis, while the city is in use. Only
 * then the city counts as more than assumed, and its digests as a witness for others. Killed on its
 * way, the city stays as it is, and says so, until another load.
 *
 * @throws StoreFault `EXOS-E8134` when the replay ends elsewhere, or with other coins
 * @source cloud.md 5.4 "Trust"
 */
export async function confirmSet(
  set: LoadedSet,
  chain: Pick<PreparedChain, "replay">,
  deps: Pick<LoadDeps, "network" | "segments" | "segmentBlocks" | "blocks"> &
    Pick<LoadDeps, "generations" | "log">,
  signal: AbortSignal,
): Promise<void> {
  const { network, log, generations } = deps;
  await using replayed = await chain.replay(set, deps, signal);
  const { muhash } = RunningTotals.decode(network.consensus.dialect, set.totals).totals();
  const loaded = toHashHex(muhash);
  if (replayed.muhash !== loaded) {
    throw new StoreFault(
      `The replay from genesis counts ${replayed.muhash} at ${set.at.height}, not ${loaded}.`,
      { retryable: false, code: "EXOS-E8134" },
    );
  }
  await noteDigests(set, deps, replayed.headers);
  await generations.noteConfirmed(set.generation);
  log.info("snapshot confirmed", { height: set.at.height, muhash: loaded });
}
