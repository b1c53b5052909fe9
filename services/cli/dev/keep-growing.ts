import { DEVELOPMENT_SCRIPT } from "#services/cli/dev/development-address.ts";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import type { NodeStaking } from "#services/cli/embedded/open-staking.ts";
import { refused } from "#services/cli/failure.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";

/** How long a chain may stand still before a block is mined, in milliseconds: four slots. */
const STILL_MS_MAX = 64_000;

/**
 * Mine a block whenever the chain stands still though it is to grow: all coins may rest, or have
 * been sent away.
 */
export async function keepGrowing(
  { node, staking }: { readonly node: EmbeddedNode; readonly staking: NodeStaking | undefined },
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
    await sleepOrStop(node.clock, STILL_MS_MAX + spacingSecondsMin * 1_000, signal);
  }
}
