import { DEVELOPMENT_SCRIPT } from "#services/cli/dev/development-address.ts";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { refused } from "#services/cli/failure.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";
import type { StakingStatus } from "#shared/ports/staking.ts";

/** How long a chain may stand still before a block is mined, in milliseconds: four slots. */
const STILL_MS_MAX = 64_000;

/** The chain, and who mints on it. */
interface Growing {
  readonly node: Pick<EmbeddedNode, "tip" | "staker" | "log"> & { readonly clock: Clock };
  readonly staking: { status(): Promise<Pick<StakingStatus, "enabled">> } | undefined;
}

/**
 * Mine a block whenever the chain stands still though it is to grow: all coins may rest, or have
 * been sent away. What cannot be mined now, such as while the clock stands behind the tip, is tried
 * again.
 *
 * @throws CommandFailure `EXOS-E0007` on a network where nobody mines
 */
export async function keepGrowing(
  { node, staking }: Growing,
  spacingSecondsMin: number,
  signal: AbortSignal,
): Promise<void> {
  if (staking === undefined) return;
  let seen = "";
  while (!signal.aborted) {
    const { hash } = await node.tip();
    if (hash === seen && (await staking.status()).enabled) {
      const mined = await node.staker.generate(1, DEVELOPMENT_SCRIPT, { signal });
      if (!mined.ok) {
        const { code, message } = mined.error;
        if (code === "EXOS-E0007") throw refused(mined.error);
        node.log.warn(code, "the chain stands still: no block can be mined now", { err: message });
      }
    }
    seen = hash;
    await sleepOrStop(node.clock, STILL_MS_MAX + spacingSecondsMin * 1_000, signal);
  }
}
