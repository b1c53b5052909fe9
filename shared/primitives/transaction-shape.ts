import type { Transaction } from "#shared/primitives/transaction.ts";

type Shape = Pick<Transaction, "inputs" | "outputs">;

function spendsNothing(tx: Shape): boolean {
  const first = tx.inputs[0]?.prevout;
  return first?.index === 0xffff_ffff && first.txid.every((byte) => byte === 0);
}

/** One input, which spends nothing, and at least one output. @source exos-l1.md 2.2 */
export function isCoinbase(tx: Shape): boolean {
  return tx.inputs.length === 1 && tx.outputs.length >= 1 && spendsNothing(tx);
}

/**
 * A first input that spends something, two outputs or more, the first of value 0 with an empty
 * script. A matter of shape alone: a transaction like this is a coinstake wherever it stands.
 *
 * @source IsCoinStake, NBitcoin/Transaction.cs (EXOSFullNode e61c2e61); exos-l1.md 2.2
 */
export function isCoinstake(tx: Shape): boolean {
  const marker = tx.outputs[0];
  if (marker === undefined || tx.inputs.length === 0 || tx.outputs.length < 2) return false;
  return marker.value === 0n && marker.scriptPubKey.length === 0 && !spendsNothing(tx);
}
