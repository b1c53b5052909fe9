import type { BlockCoins } from "#shared/consensus/block-coins.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { isCoinbase } from "#shared/primitives/transaction-shape.ts";

/**
 * The coins that a transaction spends all exist and are unspent.
 *
 * An output that begins with OP_RETURN is no coin. The reference forgets such outputs only when it
 * flushes, and until then fails their script instead.
 *
 * @returns one coin for each input, in order; none for a coinbase
 * @source UnspentOutputSet.cs HaveInputs (EXOSFullNode e61c2e61); exos-l1.md 4.5 rule 5c, 4.8
 */
export function findSpentCoins(
  tx: HashedTransaction,
  coins: Pick<BlockCoins, "coin">,
): Result<readonly Coin[], Violation> {
  if (isCoinbase(tx)) return { ok: true, value: [] };
  const spent: Coin[] = [];
  for (const [index, { prevout }] of tx.inputs.entries()) {
    const coin = coins.coin(prevout);
    if (coin === undefined) {
      const detail = { txid: toHashHex(tx.txid), index, prevTxid: toHashHex(prevout.txid) };
      return { ok: false, error: violation("bad-txns-inputs-missingorspent", detail) };
    }
    spent.push(coin);
  }
  return { ok: true, value: spent };
}
