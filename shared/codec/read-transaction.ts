import {
  encodeTransaction,
  isWitnessFree,
  NO_INPUTS_MARK,
  WITNESS_FLAG,
} from "#shared/codec/encode-transaction.ts";
import type { Reader } from "#shared/codec/reader.ts";
import { amount, unixSeconds } from "#shared/primitives/brand.ts";
import type { Transaction, TxInput, TxOutput } from "#shared/primitives/transaction.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";

/** Fewest bytes of an outpoint, an empty script and a sequence. */
const INPUT_BYTES_MIN = 41;

/** Fewest bytes of a value and an empty script. */
const OUTPUT_BYTES_MIN = 9;

/** Fewest bytes of a version, two empty lists and a lock time. */
export const TRANSACTION_BYTES_MIN = 10;

/** A transaction and its canonical bytes, not yet hashed. */
export interface ReadTransaction {
  readonly fields: Transaction;
  /** With witness: a view of what was read where that was canonical. */
  readonly raw: Uint8Array;
  /** Without witness; the same object as `raw` where there is none. */
  readonly stripped: Uint8Array;
}

/**
 * Read one transaction in either form. Scripts, hashes and witnesses are views of what is read.
 *
 * @throws DecodeFault when the bytes run out, a length lies, witnesses are announced and all empty,
 *   or an unknown flag is set
 * @source Transaction.ReadWrite, NBitcoin/Transaction.cs (EXOSFullNode e61c2e61); exos-l1.md 2.2;
 *   UnserializeTransaction, bitcoin/bitcoin primitives/transaction.h (25.0)
 */
export function readUnhashed(reader: Reader, wire: WireFormat): ReadTransaction {
  const start = reader.offset;
  const longForms = reader.longForms;
  const versionRead = reader.u32();
  const time = unixSeconds(wire.transactionTime ? reader.u32() : 0);
  const bodyStart = reader.offset;

  let inputs = reader.list(INPUT_BYTES_MIN, readInput);
  const marked =
    wire.transactionTime && inputs.length === 0 && (versionRead & NO_INPUTS_MARK) !== 0;
  const flagAt = reader.offset;
  const flag = inputs.length === 0 && !marked ? reader.u8() : 0;
  if (flag > WITNESS_FLAG) reader.fail(`unknown flag ${flag}`, flagAt);
  const dummy = flag === WITNESS_FLAG;
  if (dummy) inputs = reader.list(INPUT_BYTES_MIN, readInput);
  // No flag after an empty list means that there are no outputs either, not even their count.
  const outputs =
    dummy || marked || inputs.length > 0 ? reader.list(OUTPUT_BYTES_MIN, readOutput) : [];
  const bodyEnd = reader.offset;

  if (dummy) inputs = readWitnesses(reader, inputs);
  const lockTime = reader.u32();
  const version = marked ? (versionRead & ~NO_INPUTS_MARK) >>> 0 : versionRead;
  const fields: Transaction = { version, time, inputs, outputs, lockTime };

  const canonical = reader.longForms === longForms && !(marked && outputs.length === 0);
  if (!canonical) return canonicalOf(fields, wire);
  const raw = reader.slice(start, reader.offset);
  if (!dummy && !marked) return { fields, raw, stripped: raw };
  if (marked) return { fields, raw, stripped: encodeTransaction(fields, wire, { witness: false }) };
  const stripped = new Uint8Array(bodyStart - start + (bodyEnd - flagAt - 1) + 4);
  stripped.set(reader.slice(start, bodyStart));
  stripped.set(reader.slice(flagAt + 1, bodyEnd), bodyStart - start);
  stripped.set(reader.slice(reader.offset - 4, reader.offset), stripped.length - 4);
  return { fields, raw, stripped };
}

/** Both canonical forms, written anew. */
export function canonicalOf(fields: Transaction, wire: WireFormat): ReadTransaction {
  const raw = encodeTransaction(fields, wire, { witness: true });
  const plain = isWitnessFree(fields) && fields.inputs.length > 0;
  return {
    fields,
    raw,
    stripped: plain ? raw : encodeTransaction(fields, wire, { witness: false }),
  };
}

function readInput(reader: Reader): TxInput {
  return {
    prevout: { txid: reader.hash(), index: reader.u32() },
    scriptSig: reader.byteString(),
    sequence: reader.u32(),
    witness: [],
  };
}

function readOutput(reader: Reader): TxOutput {
  return { value: amount(reader.i64()), scriptPubKey: reader.byteString() };
}

function readWitnesses(reader: Reader, inputs: readonly TxInput[]): TxInput[] {
  const at = reader.offset;
  const filled = inputs.map((input) => ({ ...input, witness: reader.list(1, readItem) }));
  if (isWitnessFree({ inputs: filled })) reader.fail("witnesses announced, none given", at);
  return filled;
}

const readItem = (reader: Reader) => reader.byteString();
