import type { Height } from "#shared/primitives/brand.ts";
import type { Coin, CoinsReader } from "#shared/primitives/coin.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { type PolicyError, policyError } from "./policy-error.ts";
import type { PoolGraph } from "./pool-graph.ts";

/**
 * What a transaction spends, confirmed or not. A transaction of which nothing is unspent is as
 * unknown as one that never was; where another output of it is there, this one was spent.
 *
 * @param coins must know every item of the transaction and of those whose output is not there
 * @param height of the next block
 * @returns one coin for each input, in order
 * @source MempoolValidator.cs CheckMempoolCoinView (EXOSFullNode e61c2e61); exos-l1.md 6.1.7
 */
export function findPoolCoins(
  { txid, inputs }: Pick<HashedTransaction, "txid" | "inputs">,
  { graph, coins }: { readonly graph: PoolGraph; readonly coins: CoinsReader },
  height: Height,
): Result<readonly Coin[], PolicyError> {
  if (coins.hasUnspent(txid)) return { ok: false, error: policyError("txn-already-known") };
  const spent: Coin[] = [];
  let gone: PolicyError | undefined;
  for (const [index, { prevout }] of inputs.entries()) {
    const coin = graph.coin(prevout, height) ?? coins.coin(prevout);
    if (coin !== undefined) {
      spent.push(coin);
      continue;
    }
    const prevTxid = toHashHex(prevout.txid);
    const isKnown = graph.get(prevTxid) !== undefined || coins.hasUnspent(prevout.txid);
    if (!isKnown) {
      return { ok: false, error: policyError("bad-txns-inputs-missing", { index, prevTxid }) };
    }
    gone ??= policyError("bad-txns-inputs-spent", { index, prevTxid });
  }
  return gone === undefined ? { ok: true, value: spent } : { ok: false, error: gone };
}
