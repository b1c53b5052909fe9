import type { Tip } from "#shared/coins/tip.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import { withTip } from "#shared/ports/with-tip.ts";

/** A coin store whose tip is read when it is known to have moved, and held meanwhile. */
export interface HeldTip {
  readonly coins: CoinStore;
  /**
   * Read it now.
   * @param toldRev of the tip that a hint or the notice told of
   * @returns whether it is another than the one that was held
   */
  refresh(toldRev?: number): Promise<boolean>;
  /** The one that is held. */
  held(): Tip | undefined;
}

/**
 * The tip of a shared table is up to 131 KB, and this service asks for it many times a second. What
 * is held may be seconds old, and is never wrong: marks of blocks above it are not active in it, and
 * whoever commits reads the tip itself.
 *
 * @source cloud.md 3.4, 4.3 I7
 */
export function createHeldTip(coins: CoinStore): HeldTip {
  let held: Tip | undefined;
  async function refresh(toldRev?: number): Promise<boolean> {
    const before = held;
    const now = await coins.tip(toldRev);
    // Two reads may overtake each other; revisions only rise.
    if (now !== undefined && now.rev >= (held?.rev ?? 0)) held = now;
    return held?.rev !== before?.rev;
  }
  return {
    refresh,
    held: () => held,
    coins: withTip(coins, async () => {
      if (held === undefined) await refresh();
      return held;
    }),
  };
}
