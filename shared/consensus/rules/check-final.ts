import { isFinal } from "#shared/consensus/is-final.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Height, UnixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";

/**
 * A transaction's lock time has passed, or all its inputs waive it.
 *
 * @param cutoff the header's time, or the median before it under BIP113
 * @source TransactionLocktimeActivationRule.cs (EXOSFullNode e61c2e61); BIP113; exos-l1.md 4.4 rule 3
 */
export function checkFinal(
  tx: HashedTransaction,
  height: Height,
  cutoff: UnixSeconds,
): Violation | undefined {
  return isFinal(tx, height, cutoff)
    ? undefined
    : violation("bad-txns-nonfinal", { txid: toHashHex(tx.txid), lockTime: tx.lockTime });
}
