import type { Stores } from "#services/rpc/deps.ts";
import type { SpentOutput } from "#services/rpc/views/transaction-view.ts";
import { height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction, Outpoint } from "#shared/primitives/transaction.ts";
import { isCoinbase } from "#shared/primitives/transaction-shape.ts";

type Index = Pick<Stores, "index">;

/**
 * What each of these transactions spends, a list for each, empty for a coinbase.
 * @returns `undefined` when the index has not followed to all of it
 */
export async function readSpent(
  transactions: readonly HashedTransaction[],
  { index }: Index,
): Promise<SpentOutput[][] | undefined> {
  const asked = transactions.map(outpointsOf);
  const outpoints = asked.flat();
  const facts = await index.outputs(outpoints);
  const heights = await readHeights(outpoints, { index });
  const spent: SpentOutput[] = [];
  for (const [place, fact] of facts.entries()) {
    const outpoint = outpoints[place];
    if (fact === undefined || outpoint === undefined) return undefined;
    const made = heights.get(toHashHex(outpoint.txid)) ?? 0;
    const { value, scriptPubKey, time } = fact;
    const generated = fact.kind === "coinbase";
    spent.push({ value, scriptPubKey, time, generated, height: height(made) });
  }
  let from = 0;
  return asked.map(({ length }) => {
    const own = spent.slice(from, from + length);
    from += length;
    return own;
  });
}

function outpointsOf(tx: HashedTransaction): Outpoint[] {
  return isCoinbase(tx) ? [] : tx.inputs.map(({ prevout }) => prevout);
}

async function readHeights(outpoints: readonly Outpoint[], { index }: Index) {
  const txids = [...new Set(outpoints.map(({ txid }) => toHashHex(txid)))];
  const places = await Promise.all(txids.map((txid) => index.transactionPlace(txid)));
  return new Map(txids.map((txid, place) => [txid, places[place]?.height]));
}
