import { Writer } from "#shared/codec/writer.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import type { Transaction, TxInput, TxOutput } from "#shared/primitives/transaction.ts";
import { withoutCodeSeparators } from "#shared/script/find-and-delete.ts";
import { inputOf } from "#shared/script/input-of.ts";

/** What a signature covers: the low five bits of its last byte, and one bit beside them. */
export const HashType = { ALL: 1, NONE: 2, SINGLE: 3, MASK: 0x1f, ANYONECANPAY: 0x80 } as const;

/** What is being signed. */
export interface SignatureContext {
  readonly tx: Transaction;
  readonly index: number;
  /** The script being run, from behind its last OP_CODESEPARATOR. */
  readonly scriptCode: Uint8Array;
  /** Unsigned 32-bit; a signature's last byte, where it comes from one. */
  readonly hashType: number;
}

/** Bytes of an outpoint. */
const OUTPOINT_BYTES = 36;

/** Bytes of an input with an empty script. */
const BLANK_INPUT_BYTES = OUTPOINT_BYTES + 1 + 4;

/** A transaction with all scripts of its inputs left out: what nearly every signature begins with. */
interface Blank {
  readonly bytes: Uint8Array;
  /** Where the first input begins. */
  readonly inputsAt: number;
}

/** Longest message that the thread's own buffer is used for. */
const SCRATCH_BYTES = 4_096;
const scratch = new Writer(SCRATCH_BYTES);

/** For a message of about this length that is hashed before the next one is begun. */
function writerOf(bytes: number): Writer {
  return bytes > SCRATCH_BYTES ? new Writer(bytes) : scratch.restart();
}

const timedBlanks = new WeakMap<Transaction, Blank>();
const untimedBlanks = new WeakMap<Transaction, Blank>();

function blankOf(tx: Transaction, transactionTime: boolean): Blank {
  const blanks = transactionTime ? timedBlanks : untimedBlanks;
  const known = blanks.get(tx);
  if (known !== undefined) return known;
  const writer = new Writer(64 + BLANK_INPUT_BYTES * tx.inputs.length + 48 * tx.outputs.length);
  writer.u32(tx.version);
  if (transactionTime) writer.u32(tx.time);
  writer.length(tx.inputs.length);
  const inputsAt = writer.size;
  for (const { prevout, sequence } of tx.inputs) {
    writer.bytes(prevout.txid).u32(prevout.index).length(0).u32(sequence);
  }
  writer.list(tx.outputs, writeOutput).u32(tx.lockTime);
  const blank = { bytes: writer.finish(), inputsAt };
  blanks.set(tx, blank);
  return blank;
}

/**
 * What a signature outside of witnesses signs.
 *
 * An index without input, or SIGHASH_SINGLE without an output of the same index, is signed as the
 * number one: a mistake of the first client that is consensus.
 *
 * @param transactionTime whether the time of the transaction is signed, as on EXOS networks
 * @source SignatureHash, NBitcoin/Script.cs (EXOSFullNode e61c2e61); exos-l1.md 5.6
 */
export function signatureHash(context: SignatureContext, transactionTime: boolean): Hash256 {
  const { tx, index, hashType } = context;
  const mode = hashType & HashType.MASK;
  if (index >= tx.inputs.length) return one();
  if (mode === HashType.SINGLE && index >= tx.outputs.length) return one();

  const script = withoutCodeSeparators(context.scriptCode);
  const plain = mode !== HashType.NONE && mode !== HashType.SINGLE;
  if (plain && (hashType & HashType.ANYONECANPAY) === 0) {
    const { bytes, inputsAt } = blankOf(tx, transactionTime);
    const scriptAt = inputsAt + BLANK_INPUT_BYTES * index + OUTPOINT_BYTES;
    const writer = writerOf(bytes.length + script.length + 16)
      .bytes(bytes.subarray(0, scriptAt))
      .byteString(script)
      .bytes(bytes.subarray(scriptAt + 1))
      .u32(hashType);
    return hash256(writer.finish());
  }
  return hash256(preimage({ ...context, scriptCode: script }, transactionTime));
}

/** The general form: outputs and the other inputs are left out or blanked by the hash type. */
function preimage(
  { tx, index, scriptCode, hashType }: SignatureContext,
  transactionTime: boolean,
): Uint8Array {
  const mode = hashType & HashType.MASK;
  const alone = (hashType & HashType.ANYONECANPAY) !== 0;
  const loose = mode === HashType.NONE || mode === HashType.SINGLE;
  const writer = new Writer().u32(tx.version);
  if (transactionTime) writer.u32(tx.time);

  const writeInput = ({ prevout, sequence }: TxInput, script: Uint8Array, own: boolean) => {
    writer.bytes(prevout.txid).u32(prevout.index).byteString(script);
    writer.u32(own || !loose ? sequence : 0);
  };
  writer.length(alone ? 1 : tx.inputs.length);
  tx.inputs.forEach((input, at) => {
    if (at === index) writeInput(input, scriptCode, true);
    else if (!alone) writeInput(input, NO_BYTES, false);
  });

  const outputs = mode === HashType.NONE ? [] : tx.outputs;
  const kept = mode === HashType.SINGLE ? outputs.slice(0, index + 1) : outputs;
  writer.length(kept.length);
  kept.forEach((output, at) => {
    if (mode === HashType.SINGLE && at !== index) writer.i64(-1n).length(0);
    else writeOutput(output, writer);
  });
  return writer.u32(tx.lockTime).u32(hashType).finish();
}

const NO_BYTES = new Uint8Array(0);

/** The number one in wire order, fresh. */
function one(): Hash256 {
  const hash = zeroHash();
  hash[0] = 1;
  return hash;
}

function writeOutput({ value, scriptPubKey }: TxOutput, writer: Writer): void {
  writer.i64(value).byteString(scriptPubKey);
}

/** What all witness signatures of one transaction share. */
interface Midstate {
  readonly prevouts: Hash256;
  readonly sequences: Hash256;
  readonly outputs: Hash256;
}

const midstates = new WeakMap<Transaction, Midstate>();

function midstateOf(tx: Transaction): Midstate {
  const known = midstates.get(tx);
  if (known !== undefined) return known;
  const prevouts = writerOf(OUTPOINT_BYTES * tx.inputs.length);
  for (const { prevout } of tx.inputs) prevouts.bytes(prevout.txid).u32(prevout.index);
  const prevoutsHash = hash256(prevouts.finish());
  const sequences = writerOf(4 * tx.inputs.length);
  for (const { sequence } of tx.inputs) sequences.u32(sequence);
  const sequencesHash = hash256(sequences.finish());
  const outputs = writerOf(48 * tx.outputs.length);
  for (const output of tx.outputs) writeOutput(output, outputs);
  const midstate = {
    prevouts: prevoutsHash,
    sequences: sequencesHash,
    outputs: hash256(outputs.finish()),
  };
  midstates.set(tx, midstate);
  return midstate;
}

/**
 * What a signature in a witness of version 0 signs. On EXOS networks too it leaves the time of the
 * transaction out.
 *
 * @param value of the output that is spent
 * @throws RangeError when there is no such input
 * @source BIP143; exos-l1.md 5.4.8
 */
export function witnessSignatureHash(context: SignatureContext, value: bigint): Hash256 {
  const { tx, index, scriptCode, hashType } = context;
  const input = inputOf(tx, index);
  const mode = hashType & HashType.MASK;
  const alone = (hashType & HashType.ANYONECANPAY) !== 0;
  const loose = mode === HashType.NONE || mode === HashType.SINGLE;
  const shared = midstateOf(tx);

  const own = mode === HashType.SINGLE ? tx.outputs[index] : undefined;
  const ownHash = own === undefined ? zeroHash() : hashOutput(own);
  const writer = writerOf(160 + scriptCode.length)
    .u32(tx.version)
    .bytes(alone ? zeroHash() : shared.prevouts)
    .bytes(alone || loose ? zeroHash() : shared.sequences)
    .bytes(input.prevout.txid)
    .u32(input.prevout.index)
    .byteString(scriptCode)
    .i64(value)
    .u32(input.sequence)
    .bytes(loose ? ownHash : shared.outputs)
    .u32(tx.lockTime)
    .u32(hashType);
  return hash256(writer.finish());
}

function hashOutput(output: TxOutput): Hash256 {
  const writer = writerOf(48);
  writeOutput(output, writer);
  return hash256(writer.finish());
}
