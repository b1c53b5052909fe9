import type { Tip } from "#shared/coins/tip.ts";
import { selectTransactions } from "#shared/consensus/policy/select-transactions.ts";
import type { Mempool } from "#shared/ports/mempool.ts";
import type { SavedTransaction } from "#shared/ports/pool.ts";
import { amount, height } from "#shared/primitives/brand.ts";
import type { MempoolDeps } from "./mempool/deps.ts";
import { entryOf } from "./mempool/entry-of.ts";
import { PoolKeeper } from "./mempool/keeper.ts";

/** The pool with what only the process that runs it asks of it. */
export interface MempoolService extends Mempool {
  /**
   * Take over what counts in the store, then judge again what was saved before a restart.
   * @returns how many of `saved` entered
   */
  open(saved: readonly SavedTransaction[], signal?: AbortSignal): Promise<number>;
  /** The tip to which the pool was brought; `undefined` before anything was asked of it. */
  followed(): Tip | undefined;
  /** Whether tip and store are still those that were read: no other process has written since. */
  isCurrent(): Promise<boolean>;
}

/**
 * Transactions that wait for a block, by the reference's policy.
 *
 * @source MempoolValidator.cs, TxMemPool.cs, MempoolOrphans.cs (EXOSFullNode e61c2e61); exos-l1.md 6
 */
export function createMempool(deps: MempoolDeps): MempoolService {
  const keeper = new PoolKeeper(deps);
  let loaded = false;
  return {
    ...createReader(keeper, deps, () => loaded),
    followed: () => keeper.place?.tip,
    async isCurrent() {
      const { place, table } = keeper;
      if (place === undefined || table.rev === undefined) return false;
      if ((await deps.pool.summary()).rev !== table.rev) return false;
      return (await deps.coins.tip())?.rev === place.tip.rev;
    },
    accept: (raw, options) => keeper.handleBytes(raw, options),
    test: (raw, options) => keeper.handleBytes(raw, { source: "local", ...options, dry: true }),
    follow: () => keeper.follow(),
    async template(limits) {
      const chosen = await keeper.onTip(async () =>
        selectTransactions(keeper.table.graph, { ...limits, height: height(limits.height) }),
      );
      return chosen.map(({ tx, fee, sigopCost }) => ({ tx, fee: amount(fee), sigopCost }));
    },
    async broadcast(txid) {
      keeper.table.unbroadcast.delete(txid);
    },
    async sweep() {
      await keeper.lock(async () => {
        await keeper.table.limit();
        keeper.orphans.expire(deps.clock.now());
      });
      await keeper.mend();
    },
    async open(saved, signal) {
      await keeper.onTip(async () => undefined);
      let entered = 0;
      for (const { raw, time, unbroadcast } of saved) {
        if (signal?.aborted === true) break;
        const verdict = await keeper.handleBytes(raw, { source: "file", time, unbroadcast });
        if (verdict.state === "accepted") entered++;
      }
      loaded = true;
      return entered;
    },
  };
}

type Reading = "get" | "has" | "unknown" | "ids" | "entries" | "related" | "spenderOf" | "info";

/** What is answered from the pool as it is, whatever it is about to become. */
function createReader(
  keeper: PoolKeeper,
  { policy }: Pick<MempoolDeps, "policy">,
  isLoaded: () => boolean,
): Pick<Mempool, Reading> {
  const { table, orphans } = keeper;
  const entries = (members: Iterable<Parameters<typeof entryOf>[0]>) =>
    [...members].map((member) => entryOf(member, table.shown, table.unbroadcast));
  return {
    async get(txid) {
      const member = table.shown.get(txid);
      return member === undefined ? undefined : entryOf(member, table.shown, table.unbroadcast);
    },
    has: async (txid) => table.shown.get(txid) !== undefined,
    unknown: async (txids) => txids.filter((txid) => !keeper.isKnown(txid)),
    ids: async () => [...table.shown.members()].map(({ txid }) => txid),
    entries: async () => entries(table.shown.members()),
    async related(txid, direction) {
      const member = table.shown.get(txid);
      if (member === undefined) return [];
      const { shown: graph } = table;
      const all =
        direction === "ancestors" ? graph.withAncestors([member]) : graph.withDescendants([member]);
      return entries(all.filter((other) => other !== member));
    },
    spenderOf: async (outpoint) => table.shown.spenderOf(outpoint)?.txid,
    async info() {
      const { shown: graph } = table;
      const asked = table.rate();
      const isFree = asked < policy.relayFeeRate;
      return {
        loaded: isLoaded(),
        count: graph.count,
        bytes: graph.size,
        usage: graph.usage,
        usageMax: policy.usageMax,
        totalFees: amount(graph.fees),
        feeRateMin: isFree ? policy.relayFeeRate : asked,
        relayFeeRateMin: policy.relayFeeRate,
        unbroadcast: table.unbroadcast.size,
        orphans: orphans.count,
        replacement: policy.replacement,
      };
    },
  };
}
