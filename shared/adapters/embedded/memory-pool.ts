import {
  CLAIM_VOID_SECONDS,
  NO_POOL,
  type Pool,
  type PooledTransaction,
  type PoolSummary,
} from "#shared/ports/pool.ts";
import type { HashHex, UnixSeconds } from "#shared/primitives/brand.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";

/** A pool in Maps, for a node that keeps nothing across restarts. */
export function createMemoryPool(): Pool {
  const transactions = new Map<HashHex, PooledTransaction>();
  const claims = new Map<string, { readonly txid: HashHex; readonly at: UnixSeconds }>();
  let summary: PoolSummary = NO_POOL;

  /** @param known answers found so far, which parents of many children share */
  function counts(txid: HashHex, known = new Map<HashHex, boolean>()): boolean {
    const before = known.get(txid);
    if (before !== undefined) return before;
    const kept = transactions.get(txid);
    if (kept === undefined) return false;
    const answer =
      kept.inputs.every((outpoint) => claims.get(outpointKey(outpoint))?.txid === txid) &&
      kept.parents.every((parent) => counts(parent, known));
    known.set(txid, answer);
    return answer;
  }

  return {
    async claim({ outpoint, txid, at, replaces }) {
      const key = outpointKey(outpoint);
      const held = claims.get(key);
      const isVoid =
        held !== undefined && !transactions.has(held.txid) && at - held.at >= CLAIM_VOID_SECONDS;
      if (
        held !== undefined &&
        held.txid !== txid &&
        !isVoid &&
        replaces?.has(held.txid) !== true
      ) {
        return held.txid;
      }
      claims.set(key, { txid, at });
      return undefined;
    },
    async release(outpoint, txid) {
      const key = outpointKey(outpoint);
      if (claims.get(key)?.txid === txid) claims.delete(key);
    },
    claimant: async (outpoint) => claims.get(outpointKey(outpoint))?.txid,
    async put(transaction) {
      transactions.set(transaction.txid, { ...transaction, raw: transaction.raw.slice() });
    },
    async remove(txid) {
      transactions.delete(txid);
    },
    get: async (txid) => (counts(txid) ? transactions.get(txid) : undefined),
    async all() {
      const known = new Map<HashHex, boolean>();
      const counted = [...transactions.values()].filter(({ txid }) => counts(txid, known));
      return parentsFirst(counted);
    },
    async dangling() {
      const known = new Map<HashHex, boolean>();
      return [...transactions.values()].filter(({ txid }) => !counts(txid, known));
    },
    summary: async () => summary,
    async setSummary(expectedRev, next) {
      if (expectedRev !== summary.rev) return false;
      summary = { ...next, rev: expectedRev + 1 };
      return true;
    },
  };
}

/** A parent may have been put after its child, when both had been thrown out before. */
function parentsFirst(transactions: readonly PooledTransaction[]): PooledTransaction[] {
  const byTxid = new Map(transactions.map((transaction) => [transaction.txid, transaction]));
  const ordered = new Set<PooledTransaction>();
  const visit = (transaction: PooledTransaction): void => {
    if (ordered.has(transaction)) return;
    for (const parent of transaction.parents) {
      const kept = byTxid.get(parent);
      if (kept !== undefined) visit(kept);
    }
    ordered.add(transaction);
  };
  for (const transaction of transactions) visit(transaction);
  return [...ordered];
}
