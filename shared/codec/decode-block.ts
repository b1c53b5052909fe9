import { withHashes } from "#shared/codec/decode-transaction.ts";
import { decodeWhole } from "#shared/codec/decode-whole.ts";
import { HEADER_BYTES, hashHeader, readHeader } from "#shared/codec/header.ts";
import {
  type ReadTransaction,
  readUnhashed,
  TRANSACTION_BYTES_MIN,
} from "#shared/codec/read-transaction.ts";
import { type DecodeFault, lengthRulesOf, type Reader } from "#shared/codec/reader.ts";
import { lengthSize } from "#shared/codec/writer.ts";
import { hash256Many } from "#shared/crypto/hash256-many.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";

const NO_SIGNATURE = new Uint8Array(0);

/**
 * One block with the hashes of its transactions; bytes after its end are ignored.
 *
 * @param bytes as received: the block holds views of them, so they must not change
 * @source exos-l1.md 2.4
 */
export function decodeBlock(bytes: Uint8Array, wire: WireFormat): Result<Block, DecodeFault> {
  return decodeWhole(bytes, (reader) => readBlock(reader, wire), lengthRulesOf(wire));
}

/** As `decodeBlock`, from where a reader stands. @throws DecodeFault */
export function readBlock(reader: Reader, wire: WireFormat): Block {
  const header = readHeader(reader);
  const read = reader.list(TRANSACTION_BYTES_MIN, (items) => readUnhashed(items, wire));
  const signature = wire.blockSignature ? reader.byteString() : NO_SIGNATURE;
  const transactions = hashAll(read);
  const rest =
    HEADER_BYTES +
    lengthSize(read.length) +
    (wire.blockSignature ? lengthSize(signature.length) + signature.length : 0);
  return {
    header,
    hash: hashHeader(header, wire),
    transactions,
    signature,
    sizeTotal: transactions.reduce((sum, tx) => sum + tx.sizeTotal, rest),
    sizeStripped: transactions.reduce((sum, tx) => sum + tx.sizeStripped, rest),
  };
}

/** Hashes everything in one go: the many short messages of a block are faster together. */
function hashAll(read: readonly ReadTransaction[]): HashedTransaction[] {
  const withWitness = read.filter((tx) => tx.raw !== tx.stripped);
  const hashes = hash256Many([
    ...read.map((tx) => tx.stripped),
    ...withWitness.map((tx) => tx.raw),
  ]);
  const wtxids = new Map(withWitness.map((tx, at) => [tx, hashes[read.length + at]]));
  return read.map((tx, at) => {
    const txid = hashes[at] as Hash256; // there are as many hashes as pieces
    return withHashes(tx, txid, wtxids.get(tx) ?? txid);
  });
}
