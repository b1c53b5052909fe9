import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import {
  countLegacySigops,
  countP2shSigops,
  countWitnessSigops,
} from "#shared/script/count-sigops.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";

/**
 * What the signature operations of a transaction cost its block: those outside a witness weigh
 * `witnessScale` each.
 *
 * @param spent what each input spends, in order; none for a coinbase
 * @param flags those of the block: a witness counts where they judge it
 * @source CoinviewRule.cs GetTransactionSignatureOperationCost (EXOSFullNode e61c2e61); exos-l1.md
 *   4.5 rule 5c, 4.9
 */
export function sigopCost(
  tx: HashedTransaction,
  spent: readonly Coin[],
  flags: number,
  { witnessScale, dialect }: Pick<ConsensusParams, "witnessScale" | "dialect">,
): number {
  let sigops = countLegacySigops(tx);
  let witnessCost = 0;
  for (const [index, { scriptSig, witness }] of tx.inputs.entries()) {
    const scriptPubKey = spent[index]?.scriptPubKey;
    if (scriptPubKey === undefined) continue;
    const spend = { scriptSig, scriptPubKey, witness };
    sigops += countP2shSigops(spend, dialect);
    if ((flags & ScriptFlags.WITNESS) !== 0) witnessCost += countWitnessSigops(spend, dialect);
  }
  return sigops * witnessScale + witnessCost;
}
