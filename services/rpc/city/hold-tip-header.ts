import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HeaderStore, StoredHeader } from "#shared/ports/header-store.ts";

/**
 * A header store that holds the header of the tip: every answer begins with it, and it is read once a
 * tip. What is found out about a block after it was committed is seen when the next one is.
 *
 * For readers alone: whoever judges reads every header itself.
 *
 * @param coins whose tip is held, as `holdTip` does it
 */
export function holdTipHeader(headers: HeaderStore, coins: Pick<CoinStore, "tip">): HeaderStore {
  let held: StoredHeader | undefined;
  return {
    ...headers,
    async get(hash) {
      if (held?.record.hash === hash) return held;
      const found = await headers.get(hash);
      if (found !== undefined && (await coins.tip())?.hash === hash) held = found;
      return found;
    },
  };
}
