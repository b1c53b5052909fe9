import { decodeWhole } from "#shared/codec/decode-whole.ts";
import { canonicalOf, type ReadTransaction, readUnhashed } from "#shared/codec/read-transaction.ts";
import { type DecodeFault, lengthRulesOf, type Reader } from "#shared/codec/reader.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { HashedTransaction, Transaction } from "#shared/primitives/transaction.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";

/**
 * One transaction in either form; bytes after its end are ignored.
 *
 * @param bytes as received: the transaction holds views of them, so they must not change
 * @source exos-l1.md 2.2
 */
export function decodeTransaction(
  bytes: Uint8Array,
  wire: WireFormat,
): Result<HashedTransaction, DecodeFault> {
  return decodeWhole(bytes, (reader) => readTransaction(reader, wire), lengthRulesOf(wire));
}

/** As `decodeTransaction`, from where a reader stands. @throws DecodeFault */
export function readTransaction(reader: Reader, wire: WireFormat): HashedTransaction {
  return hashed(readUnhashed(reader, wire));
}

/** The transaction with its hashes, sizes and canonical bytes, all fresh. */
export function hashTransaction(tx: Transaction, wire: WireFormat): HashedTransaction {
  return hashed(canonicalOf(tx, wire));
}

function hashed(read: ReadTransaction): HashedTransaction {
  const txid = hash256(read.stripped);
  return withHashes(read, txid, read.raw === read.stripped ? txid : hash256(read.raw));
}

/** What was read, and its two hashes. */
export function withHashes(
  { fields, raw, stripped }: ReadTransaction,
  txid: Hash256,
  wtxid: Hash256,
): HashedTransaction {
  return {
    version: fields.version,
    time: fields.time,
    inputs: fields.inputs,
    outputs: fields.outputs,
    lockTime: fields.lockTime,
    txid,
    wtxid,
    sizeStripped: stripped.length,
    sizeTotal: raw.length,
    raw,
  };
}
