import type { Tip } from "#shared/coins/tip.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { TipNotice } from "#shared/ports/tip-notice.ts";
import { withTip } from "#shared/ports/with-tip.ts";

/** How old what is known of the tip may be. @source cloud.md 3.4 */
const HOLD_MS = 1_000;

/**
 * A coin store whose tip is held: the tip of a shared table is up to 131 KB, the notice that it moved
 * a hundred bytes, and that is looked at once a second. What is held may be a second old and is never
 * wrong: it was committed, and marks above it do not count in it.
 *
 * For readers alone: whoever commits reads the tip itself.
 */
export function holdTip(
  coins: CoinStore,
  { notice, clock }: { readonly notice: Pick<TipNotice, "read">; readonly clock: Clock },
): CoinStore {
  let held: Tip | undefined;
  let lookedMs = 0;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    const startedMs = clock.elapsedMs();
    const said = held === undefined ? undefined : await notice.read();
    // A notice that lags tells of a tip that is held already; one that was lost is repaired.
    if (held === undefined || said === undefined || said.rev !== held.rev) {
      const isNews = said !== undefined && said.rev > (held?.rev ?? said.rev);
      held = await coins.tip(isNews ? said.rev : undefined);
    }
    lookedMs = startedMs;
  }

  return withTip(coins, async () => {
    if (held === undefined || clock.elapsedMs() - lookedMs >= HOLD_MS) {
      looking ??= look().finally(() => {
        looking = undefined;
      });
      await looking;
    }
    return held;
  });
}
