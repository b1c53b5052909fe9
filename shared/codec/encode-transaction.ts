import { Writer } from "#shared/codec/writer.ts";
import type { Transaction, TxInput, TxOutput } from "#shared/primitives/transaction.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";

/** Follows an empty list of inputs where witnesses follow the outputs. */
export const WITNESS_FLAG = 1;

/**
 * The reference's private mark in a version: these inputs are really empty, no flag follows.
 *
 * @source NoDummyInput, NBitcoin/Transaction.cs (EXOSFullNode e61c2e61); exos-l1.md 2.2
 */
export const NO_INPUTS_MARK = 0x0800_0000;

/** Whether no input has a witness, so that both serialisations are one. */
export function isWitnessFree(tx: {
  readonly inputs: readonly Pick<TxInput, "witness">[];
}): boolean {
  return tx.inputs.every((input) => input.witness.length === 0);
}

/**
 * The canonical bytes of a transaction, fresh.
 *
 * @param options with `witness`, the witness form where some input has one; without, what the txid
 *   hashes
 * @source exos-l1.md 2.2
 */
export function encodeTransaction(
  tx: Transaction,
  wire: Pick<WireFormat, "transactionTime">,
  { witness }: { readonly witness: boolean },
): Uint8Array {
  const writer = new Writer();
  writeTransaction(writer, tx, { witness, transactionTime: wire.transactionTime });
  return writer.finish();
}

function writeTransaction(
  writer: Writer,
  tx: Transaction,
  { witness, transactionTime }: { readonly witness: boolean; readonly transactionTime: boolean },
): void {
  const marked = witness && transactionTime && tx.inputs.length === 0 && tx.outputs.length > 0;
  const extended = witness && !isWitnessFree(tx);
  writer.u32(marked ? tx.version | NO_INPUTS_MARK : tx.version);
  if (transactionTime) writer.u32(tx.time);
  if (extended) writer.length(0).u8(WITNESS_FLAG);
  writer.list(tx.inputs, writeInput);
  writer.list(tx.outputs, writeOutput);
  if (extended) for (const input of tx.inputs) writer.list(input.witness, writeItem);
  writer.u32(tx.lockTime);
}

function writeInput({ prevout, scriptSig, sequence }: TxInput, writer: Writer): void {
  writer.bytes(prevout.txid).u32(prevout.index).byteString(scriptSig).u32(sequence);
}

function writeOutput({ value, scriptPubKey }: TxOutput, writer: Writer): void {
  writer.i64(value).byteString(scriptPubKey);
}

const writeItem = (item: Uint8Array, writer: Writer) => writer.byteString(item);
