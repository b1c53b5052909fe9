import { randomBytes } from "node:crypto";
import {
  CLAIM_VOID_SECONDS,
  type Claim,
  NO_POOL,
  type Pool,
  type PooledTransaction,
} from "#shared/ports/pool.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import type { DynamoExpression } from "./dynamo-expression.ts";
import { binary, bytesOf, numeric, text } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { parentsFirst, whatCounts } from "./pool-counts.ts";
import {
  claimKey,
  decodeClaim,
  decodePooled,
  decodeSummary,
  encodeClaim,
  encodePooled,
  encodeSummary,
  POOL_KEY,
  SUMMARY_KEY,
  transactionKey,
} from "./pool-item-codec.ts";

/** Transactions that one reader takes out of the table; a fuller one is a table gone wrong. */
const TRANSACTIONS_MAX = 100_000;
/** Looks at one claim that others change meanwhile. */
const TRIES_MAX = 8;

/** The claim names this transaction. */
function heldBy(txid: HashHex): DynamoExpression {
  return { text: "#txid = :txid", values: { txid: binary(fromHashHex(txid)) } };
}

/**
 * The pool in the table `pool`: one item per transaction and one per claimed output, each written
 * alone. A claim is one conditional put; who may take it over is decided by what was read, and the
 * put holds only while that is still there.
 *
 * @source cloud.md 3.3
 */
export function createDynamoPool({ table }: { readonly table: DynamoTable }): Pool {
  return {
    claim: (claim) => claimOutput(table, claim),
    async release(outpoint, txid) {
      await table.delete(claimKey(outpoint), heldBy(txid));
    },
    async claimant(outpoint) {
      const item = await table.get(claimKey(outpoint));
      return item === undefined ? undefined : decodeClaim(item).txid;
    },
    async put(transaction) {
      await table.put(encodePooled(transaction));
    },
    async remove(txid) {
      await table.delete(transactionKey(txid));
    },
    async get(txid) {
      const known = await withAncestors(table, txid);
      return known.length === 0 ? undefined : (await whatCounts(table, known)).get(txid);
    },
    async all() {
      return parentsFirst(await whatCounts(table, await everyTransaction(table)));
    },
    async dangling() {
      const known = await everyTransaction(table);
      const counting = await whatCounts(table, known);
      return known.filter(({ txid }) => !counting.has(txid));
    },
    async summary() {
      const item = await table.get(SUMMARY_KEY);
      return item === undefined ? NO_POOL : decodeSummary(item);
    },
    async setSummary(expectedRev, next) {
      const by = Uint8Array.from(randomBytes(16));
      const item = encodeSummary({ ...next, rev: expectedRev + 1 }, by);
      const condition =
        expectedRev === 0
          ? { text: "attribute_not_exists(#pk)" }
          : { text: "#rev = :rev", values: { rev: numeric(expectedRev) } };
      if (await table.put(item, condition)) return true;
      // The first attempt may have arrived, and its answer not.
      const now = await table.get(SUMMARY_KEY);
      return now !== undefined && equalBytes(bytesOf(now, "by"), by);
    },
  };
}

/** Whether it counts or not. */
async function everyTransaction(table: DynamoTable): Promise<PooledTransaction[]> {
  const known: PooledTransaction[] = [];
  const where = { text: "#pk = :pk", values: { pk: text(POOL_KEY) } };
  for await (const item of table.query({ where, limit: TRANSACTIONS_MAX })) {
    known.push(decodePooled(item));
  }
  return known;
}

async function claimOutput(table: DynamoTable, claim: Claim): Promise<HashHex | undefined> {
  const { outpoint, txid, at, replaces } = claim;
  const item = encodeClaim(outpoint, { txid, at });
  const own = heldBy(txid);
  const free = { ...own, text: `attribute_not_exists(#pk) OR ${own.text}` };
  if (await table.put(item, free)) return undefined;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const held = await table.get(claimKey(outpoint));
    if (held === undefined) {
      if (await table.put(item, free)) return undefined;
      continue;
    }
    const holder = decodeClaim(held);
    // Our own first attempt, whose answer was lost.
    if (holder.txid === txid) return undefined;
    const givesWay =
      replaces?.has(holder.txid) === true ||
      (at - holder.at >= CLAIM_VOID_SECONDS &&
        (await table.get(transactionKey(holder.txid))) === undefined);
    if (!givesWay) return holder.txid;
    const { text: names, values } = heldBy(holder.txid);
    const unchanged = {
      text: `${names} AND #at = :at`,
      values: { ...values, at: numeric(holder.at) },
    };
    if (await table.put(item, unchanged)) return undefined;
  }
  throw new StoreFault(
    `A claim in ${table.name} changed ${TRIES_MAX} times while it was asked for.`,
    {
      retryable: true,
      code: "EXOS-E8100",
    },
  );
}

/** A transaction and all that it descends from in the pool; nothing when one of them is absent. */
async function withAncestors(table: DynamoTable, txid: HashHex): Promise<PooledTransaction[]> {
  const found = new Map<HashHex, PooledTransaction>();
  let wanted: readonly HashHex[] = [txid];
  while (wanted.length > 0) {
    const parents = new Set<HashHex>();
    for (const item of await table.getMany(wanted.map(transactionKey))) {
      if (item === undefined) return [];
      const transaction = decodePooled(item);
      found.set(transaction.txid, transaction);
      for (const parent of transaction.parents) parents.add(parent);
    }
    wanted = [...parents].filter((parent) => !found.has(parent));
  }
  return [...found.values()];
}
