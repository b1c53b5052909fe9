import type { PooledTransaction } from "#shared/ports/pool.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { claimKey, decodeClaim } from "./pool-item-codec.ts";

/**
 * Those of these transactions whose every claim names them, and each of whose parents counts too.
 *
 * @param known with every parent that is in the table
 * @source cloud.md 3.3
 */
export async function whatCounts(
  table: Pick<DynamoTable, "getMany">,
  known: readonly PooledTransaction[],
): Promise<Map<HashHex, PooledTransaction>> {
  const wanted = known.flatMap(({ txid, inputs }) =>
    inputs.map((outpoint) => ({ txid, outpoint })),
  );
  const claims = await table.getMany(wanted.map(({ outpoint }) => claimKey(outpoint)));
  const counting = new Map(known.map((transaction) => [transaction.txid, transaction]));
  for (const [at, { txid }] of wanted.entries()) {
    const claim = claims[at];
    if (claim === undefined || decodeClaim(claim).txid !== txid) counting.delete(txid);
  }
  // What falls takes its children along, and they theirs.
  for (let fell = true; fell; ) {
    fell = false;
    for (const { txid, parents } of counting.values()) {
      if (parents.every((parent) => counting.has(parent))) continue;
      counting.delete(txid);
      fell = true;
    }
  }
  return counting;
}

/** Parents before children; a parent may have been put after its child. */
export function parentsFirst(
  transactions: ReadonlyMap<HashHex, PooledTransaction>,
): PooledTransaction[] {
  const ordered = new Set<PooledTransaction>();
  // Visited from a list, not by recursion: who fills a table decides how deep it goes.
  for (const root of transactions.values()) {
    const path = [root];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const waiting = top.parents
        .map((parent) => transactions.get(parent))
        .find((parent) => parent !== undefined && !ordered.has(parent) && !path.includes(parent));
      if (waiting !== undefined) path.push(waiting);
      else {
        ordered.add(top);
        path.pop();
      }
    }
  }
  return [...ordered];
}
