import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import { isCoinbase } from "#shared/primitives/transaction-shape.ts";

const SCRIPT_BYTES_MIN = 2;
const SCRIPT_BYTES_MAX = 100;
const NULL_INDEX = 0xffff_ffff;

/**
 * A coinbase has a script of 2 to 100 bytes; of any other transaction every input spends something.
 *
 * @source CheckPowTransactionRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.4 rule 8
 */
export function checkPrevouts(tx: Pick<Transaction, "inputs" | "outputs">): Violation | undefined {
  if (isCoinbase(tx)) {
    const fits = tx.inputs.every(
      ({ scriptSig: { length } }) => length >= SCRIPT_BYTES_MIN && length <= SCRIPT_BYTES_MAX,
    );
    return fits ? undefined : violation("bad-cb-length");
  }
  const index = tx.inputs.findIndex(
    ({ prevout }) => prevout.index === NULL_INDEX && prevout.txid.every((byte) => byte === 0),
  );
  return index === -1 ? undefined : violation("bad-txns-prevout-null", { index });
}
