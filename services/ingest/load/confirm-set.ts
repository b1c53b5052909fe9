import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { noteDigests } from "./copy-chain.ts";
import type { ReplayedSet } from "./replay-chain.ts";
import type { LoadDeps, PreparedChain } from "./run-load.ts";

/** A set that a city uses, and that nobody judged here. */
export interface AssumedSet extends ReplayedSet {
  readonly generation: number;
  /** Set hash of its coins. */
  readonly digest: HashHex;
}

/** Stores of the city in use. */
export type ConfirmDeps = Pick<LoadDeps, "network" | "segments" | "segmentBlocks" | "blocks"> &
  Pick<LoadDeps, "generations" | "log">;

/**
 * Judge every block of a set that began with a snapshot from genesis, while the city is in use. Only
 * then the city counts as more than assumed, and its digests as a witness for others. Killed on its
 * way, the city stays as it is, and says so, until the replay is taken up again.
 *
 * @throws StoreFault `EXOS-E8134` when the replay ends elsewhere, or with other coins: that is noted
 * @source cloud.md 5.4 "Trust"
 */
export async function confirmSet(
  set: AssumedSet,
  chain: Pick<PreparedChain, "replay">,
  deps: ConfirmDeps,
  signal: AbortSignal,
): Promise<void> {
  const { log, generations } = deps;
  try {
    await replay(set, chain, deps, signal);
  } catch (cause) {
    if (cause instanceof StoreFault && cause.code === "EXOS-E8134") {
      await generations.noteRefuted(set.generation);
    }
    throw cause;
  }
  await generations.noteConfirmed(set.generation);
  log.info("snapshot confirmed", { height: set.at.height, muhash: set.digest });
}

async function replay(
  set: AssumedSet,
  chain: Pick<PreparedChain, "replay">,
  deps: ConfirmDeps,
  signal: AbortSignal,
): Promise<void> {
  await using replayed = await chain.replay(set, deps, signal);
  if (replayed.muhash !== set.digest) {
    throw new StoreFault(
      `The replay from genesis counts ${replayed.muhash} at ${set.at.height}, not ${set.digest}.`,
      { retryable: false, code: "EXOS-E8134" },
    );
  }
  await noteDigests(set, deps, replayed.headers);
}
