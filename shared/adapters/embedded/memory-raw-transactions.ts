import type { Clock } from "#shared/ports/clock.ts";
import { RAW_SECONDS, type RawTransactions } from "#shared/ports/raw-transactions.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

/** Most that are kept; the oldest are forgotten first. */
const COUNT_MAX = 1_000;

/** Bytes that wait to be judged, in a Map. */
export function createMemoryRawTransactions(clock: Pick<Clock, "now">): RawTransactions {
  const kept = new Map<HashHex, { readonly raw: Uint8Array; readonly until: number }>();
  return {
    async put(txid, raw) {
      kept.delete(txid);
      kept.set(txid, { raw: raw.slice(), until: clock.now() + RAW_SECONDS });
      const [oldest] = kept.keys();
      if (kept.size > COUNT_MAX && oldest !== undefined) kept.delete(oldest);
    },
    async get(txid) {
      const found = kept.get(txid);
      return found === undefined || found.until <= clock.now() ? undefined : found.raw.slice();
    },
  };
}
