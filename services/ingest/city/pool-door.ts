import type { PoolDoor } from "#services/ingest/deps.ts";
import { type TransactionHint, transactionHint } from "#shared/messages/transaction-hint.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Pool } from "#shared/ports/pool.ts";
import type { RawTransactions } from "#shared/ports/raw-transactions.ts";
import type { WorkQueue } from "#shared/ports/work-queue.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** The pool of a city, as those who talk to peers see it. */
export interface CityPoolDoor extends PoolDoor {
  /** It was refused: nobody is asked for it for a while. */
  refused(txid: HashHex): void;
}

/** What the door is made of. */
export interface CityPoolDeps {
  readonly pool: Pick<Pool, "get" | "all">;
  readonly raw: RawTransactions;
  /** Asks for stored bytes to be judged. */
  readonly transactions: WorkQueue<TransactionHint>;
  readonly clock: Pick<Clock, "elapsedMs">;
  /** Network group of a connected peer. */
  groupOf(peer: string): string | undefined;
}

/** Transactions that were offered or refused and are remembered, and for how long. */
const SEEN_MAX = 20_000;
const SEEN_MS = 600_000;
/** How long a list of the pool is given out: it costs a read of the whole of it. */
const LIST_MS = 60_000;

/** Stored first, hinted at after; which of them entered the pool is told by a hint. @source cloud.md 2 */
export function createCityPoolDoor(deps: CityPoolDeps): CityPoolDoor {
  const { pool, raw, transactions, clock } = deps;
  /** Those seen first stand first. */
  const seen = new Map<HashHex, number>();
  let list: { readonly ids: readonly HashHex[]; readonly atMs: number } | undefined;
  let reading: Promise<readonly HashHex[]> | undefined;

  async function readIds(): Promise<readonly HashHex[]> {
    const ids = (await pool.all()).map(({ txid }) => txid);
    list = { ids, atMs: clock.elapsedMs() };
    return ids;
  }

  function see(txid: HashHex): void {
    seen.delete(txid);
    seen.set(txid, clock.elapsedMs());
    if (seen.size <= SEEN_MAX) return;
    for (const oldest of seen.keys()) {
      seen.delete(oldest);
      return;
    }
  }

  return {
    async wants(txid) {
      if (clock.elapsedMs() - (seen.get(txid) ?? Number.NEGATIVE_INFINITY) < SEEN_MS) return false;
      return (await pool.get(txid)) === undefined;
    },
    async offer(transaction, from) {
      const txid = toHashHex(transaction.txid);
      await raw.put(txid, transaction.raw);
      await transactions.send(transactionHint(txid), deps.groupOf(from));
      // Only now: what could not be kept is asked of the next peer.
      see(txid);
    },
    get: async (txid) => (await pool.get(txid))?.raw,
    async ids() {
      if (list !== undefined && clock.elapsedMs() - list.atMs < LIST_MS) return list.ids;
      // Peers come together, first of all at a start: a whole pool for each would fill the memory.
      reading ??= readIds().finally(() => {
        reading = undefined;
      });
      return reading;
    },
    refused: see,
  };
}
