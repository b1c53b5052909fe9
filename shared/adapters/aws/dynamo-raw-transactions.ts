import type { Clock } from "#shared/ports/clock.ts";
import { RAW_SECONDS, type RawTransactions } from "#shared/ports/raw-transactions.ts";
import { binary, bytesOf, numberOf, numeric } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { rawKey } from "./pool-item-codec.ts";

/**
 * Bytes that wait to be judged: one item `RAW#<txid>` each. The table sweeps out what is over when
 * it likes, so the reader looks at the time itself.
 *
 * @param deps the table `pool`
 * @source cloud.md 3.3
 */
export function createDynamoRawTransactions(deps: {
  readonly table: Pick<DynamoTable, "get" | "put">;
  readonly clock: Pick<Clock, "now">;
}): RawTransactions {
  const { table, clock } = deps;
  return {
    async put(txid, raw) {
      const exp = numeric(clock.now() + RAW_SECONDS);
      await table.put({ ...rawKey(txid), raw: binary(raw), exp });
    },
    async get(txid) {
      const item = await table.get(rawKey(txid));
      if (item === undefined || numberOf(item, "exp") <= clock.now()) return undefined;
      return bytesOf(item, "raw");
    },
  };
}
