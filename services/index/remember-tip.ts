import type { Tip } from "#shared/coins/tip.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";

/** A coin store whose tip is asked for by one, and told to others as it was last. */
export interface RememberedTip {
  /** Whose `tip` is asked for. */
  readonly asked: Pick<CoinStore, "tip" | "frozen">;
  /** Whose `tip` is the one that was last asked for; before any was, it is asked for. */
  readonly told: Pick<CoinStore, "tip" | "frozen" | "read" | "readTransaction">;
}

/**
 * A follower looks at the tip itself before each batch, and whatever it then asks of its index is
 * answered by that tip. Read anew at each question, the tip of a shared table cost 35 read units a
 * block instead of 10. An older one is not wrong: what the index writes are facts, and the cursor
 * that is too old is found by its hash.
 *
 * @source cloud.md 3.3, 4.3 I7
 */
export function rememberTip(coins: CoinStore): RememberedTip {
  let last: Tip | undefined;
  const asked = async (toldRev?: number) => {
    last = await coins.tip(toldRev);
    return last;
  };
  const frozen: CoinStore["frozen"] = (group) => coins.frozen(group);
  return {
    asked: { frozen, tip: asked },
    told: {
      frozen,
      tip: async () => last ?? asked(),
      read: (generation, keys) => coins.read(generation, keys),
      readTransaction: (generation, txid) => coins.readTransaction(generation, txid),
    },
  };
}
