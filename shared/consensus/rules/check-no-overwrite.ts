import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { CoinsReader } from "#shared/primitives/coin.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/**
 * No transaction has the id of one that still has unspent outputs.
 *
 * @source TransactionDuplicationActivationRule.cs (EXOSFullNode e61c2e61); BIP30; exos-l1.md 4.5
 *   rule 4
 */
export function checkNoOverwrite(
  { transactions }: Pick<Block, "transactions">,
  coins: Pick<CoinsReader, "hasUnspent">,
): Violation | undefined {
  const twice = transactions.find(({ txid }) => coins.hasUnspent(txid));
  return twice === undefined
    ? undefined
    : violation("bad-txns-BIP30", { txid: toHashHex(twice.txid) });
}
