import { DEVELOPMENT_SCRIPT } from "#services/cli/dev/development-address.ts";
import { refused } from "#services/cli/failure.ts";
import type { RunningNode } from "#services/cli/run-node.ts";

/** How long a chain may stand still before a block is mined, in milliseconds: four slots. */
const STILL_MS_MAX = 64_000;

/**
 * Mine a block whenever the chain stands still though it is to grow: all coins may rest, or have
 * been sent away.
 */
export async function keepGrowing(
  { node, served: { staking } }: RunningNode,
  spacingSecondsMin: number,
  signal: AbortSignal,
): Promise<void> {
  if (staking === undefined) return;
  let seen = "";
  while (!signal.aborted) {
    const { hash } = await node.tip();
    if (hash === seen && (await staking.status()).enabled) {
      const mined = await node.staker.generate(1, DEVELOPMENT_SCRIPT, { signal });
      if (!mined.ok) throw refused(mined.error);
    }
    seen = hash;
    try {
      await node.clock.sleep(STILL_MS_MAX + spacingSecondsMin * 1_000, signal);
    } catch (cause) {
      // The signal ended the sleep, which is how this loop ends.
      if (!signal.aborted) throw cause;
    }
  }
}
