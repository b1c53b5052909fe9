import { type TransactionHint, transactionHint } from "#shared/messages/transaction-hint.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Mempool } from "#shared/ports/mempool.ts";
import type { Pool } from "#shared/ports/pool.ts";
import type { RawTransactions } from "#shared/ports/raw-transactions.ts";
import { readOnlyPool } from "#shared/ports/read-only-pool.ts";
import type { WorkQueue } from "#shared/ports/work-queue.ts";

/** What the pool of a city is seen through. */
export interface CityPoolDeps {
  readonly pool: Pool;
  /** A judge over a pool, which takes over what counts there when it is first asked. */
  judge(pool: Pool): Promise<Mempool>;
  readonly raw: Pick<RawTransactions, "put">;
  /** Asks for what was stored to be judged by who may write the pool. */
  readonly transactions: WorkQueue<TransactionHint>;
  readonly clock: Clock;
}

/** How old the pool may be that is shown. */
const SHOWN_MS = 5_000;
/** How old the pool may be that a transaction is judged by. */
const JUDGED_MS = 1_000;

/**
 * The pool of a city as a function sees it: judged here, so that a broadcast is answered at once,
 * and written elsewhere. What is handed in and right is stored, then hinted at, like everybody's.
 * @source cloud.md 3.3
 */
export function openCityPool(deps: CityPoolDeps): Mempool {
  const fresh = refreshing(deps);
  const shown = () => fresh(SHOWN_MS);
  return {
    async accept(bytes, options) {
      const { feeRateMax } = options;
      const limit = feeRateMax === undefined ? {} : { feeRateMax };
      const verdict = await (await fresh(JUDGED_MS)).test(bytes, limit);
      if (verdict.state !== "accepted") return verdict;
      await deps.raw.put(verdict.txid, bytes.slice());
      await deps.transactions.send(transactionHint(verdict.txid));
      return verdict;
    },
    test: async (bytes, options) => (await fresh(JUDGED_MS)).test(bytes, options),
    get: async (txid) => (await shown()).get(txid),
    has: async (txid) => (await shown()).has(txid),
    unknown: async (txids) => (await shown()).unknown(txids),
    ids: async () => (await shown()).ids(),
    entries: async () => (await shown()).entries(),
    related: async (txid, direction) => (await shown()).related(txid, direction),
    spenderOf: async (outpoint) => (await shown()).spenderOf(outpoint),
    info: async () => (await shown()).info(),
    template: async (limits) => (await fresh(JUDGED_MS)).template(limits),
    // Whoever may write the pool follows the chain and tells peers.
    follow: async () => undefined,
    broadcast: async () => undefined,
    sweep: async () => undefined,
  };
}

/** The pool, taken over anew when what is here is older than asked, and others wrote since. */
function refreshing({ pool, judge, clock }: CityPoolDeps): (ageMs: number) => Promise<Mempool> {
  const copy = readOnlyPool(pool);
  let here: { readonly mempool: Mempool; readonly rev: number } | undefined;
  let readMs = 0;
  let reading: Promise<Mempool> | undefined;

  async function read(): Promise<Mempool> {
    const startedMs = clock.elapsedMs();
    // Before the pool: who writes meanwhile raises it.
    const { rev } = await pool.summary();
    if (here?.rev !== rev) here = { mempool: await judge(copy), rev };
    readMs = startedMs;
    return here.mempool;
  }

  return async (ageMs) => {
    if (here !== undefined && clock.elapsedMs() - readMs < ageMs) return here.mempool;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return await reading;
  };
}
