import type { Transaction, TxInput } from "#shared/primitives/transaction.ts";

/** @throws RangeError when the transaction has no such input, which is a bug of the caller */
export function inputOf(tx: Pick<Transaction, "inputs">, index: number): TxInput {
  const input = tx.inputs[index];
  if (input === undefined) throw new RangeError(`no input ${index}`);
  return input;
}
