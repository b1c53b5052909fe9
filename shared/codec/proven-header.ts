import { readTransaction } from "#shared/codec/decode-transaction.ts";
import { decodeWhole } from "#shared/codec/decode-whole.ts";
import { hashHeader, readHeader } from "#shared/codec/header.ts";
import {
  buildPartialMerkleTree,
  type PartialMerkleTree,
  readPartialMerkleTree,
  writePartialMerkleTree,
} from "#shared/codec/partial-merkle-tree.ts";
import { type DecodeFault, lengthRulesOf, type Reader } from "#shared/codec/reader.ts";
import { lengthSize, Writer } from "#shared/codec/writer.ts";
import type { Block, BlockHeader } from "#shared/primitives/block.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { isCoinstake } from "#shared/primitives/transaction-shape.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";

/** A header with the proof of its stake: what nodes announce above the last checkpoint. */
export interface ProvenHeader {
  readonly header: BlockHeader;
  /** Of the header alone. */
  readonly hash: Hash256;
  /** Marks `coinstake` and nothing else, when its sender is honest. */
  readonly merkleProof: PartialMerkleTree;
  readonly signature: Uint8Array;
  /** The block's second transaction if that is a coinstake, else the first. */
  readonly coinstake: HashedTransaction;
  /** Bytes of the three parts as they were read or would be written, lengths included. */
  readonly sizes: {
    readonly merkleProof: number;
    readonly signature: number;
    readonly coinstake: number;
  };
}

/** As `decodeProvenHeader`, from where a reader stands. @throws DecodeFault */
export function readProvenHeader(reader: Reader, wire: WireFormat): ProvenHeader {
  const header = readHeader(reader);
  const proofAt = reader.offset;
  const merkleProof = readPartialMerkleTree(reader);
  const signatureAt = reader.offset;
  const signature = reader.byteString();
  const coinstakeAt = reader.offset;
  const coinstake = readTransaction(reader, wire);
  return {
    header,
    hash: hashHeader(header, wire),
    merkleProof,
    signature,
    coinstake,
    sizes: {
      merkleProof: signatureAt - proofAt,
      signature: coinstakeAt - signatureAt,
      coinstake: reader.offset - coinstakeAt,
    },
  };
}

/**
 * One proven header, as views of the bytes; what follows it is ignored.
 *
 * @source ProvenBlockHeader.ReadWrite, NBitcoin/ProvenBlockHeader.cs (EXOSFullNode e61c2e61);
 *   exos-l1.md 2.7
 */
export function decodeProvenHeader(
  bytes: Uint8Array,
  wire: WireFormat,
): Result<ProvenHeader, DecodeFault> {
  return decodeWhole(bytes, (reader) => readProvenHeader(reader, wire), lengthRulesOf(wire));
}

/** Appends the canonical form. */
export function writeProvenHeader(
  writer: Writer,
  proven: Pick<ProvenHeader, "header" | "merkleProof" | "signature" | "coinstake">,
): void {
  writer.bytes(proven.header.bytes);
  writePartialMerkleTree(writer, proven.merkleProof);
  writer.byteString(proven.signature).bytes(proven.coinstake.raw);
}

/** The canonical bytes, fresh. */
export function encodeProvenHeader(
  proven: Pick<ProvenHeader, "header" | "merkleProof" | "signature" | "coinstake">,
): Uint8Array {
  const writer = new Writer(1024);
  writeProvenHeader(writer, proven);
  return writer.finish();
}

/**
 * The proven header that an honest node announces a block with.
 *
 * @returns `undefined` when the block has no transaction
 * @source the constructor of ProvenBlockHeader, and GetProtocolTransaction, NBitcoin/BlockStake.cs
 *   (EXOSFullNode e61c2e61)
 */
export function provenHeaderOf(
  block: Pick<Block, "header" | "hash" | "transactions" | "signature">,
): ProvenHeader | undefined {
  const [first, second] = block.transactions;
  const coinstake = second !== undefined && isCoinstake(second) ? second : first;
  if (coinstake === undefined) return undefined;

  const txids = block.transactions.map((tx) => tx.txid);
  const merkleProof = buildPartialMerkleTree(txids, (txid) => equalBytes(txid, coinstake.txid));
  const hashBytes = 32 * merkleProof.hashes.length;
  return {
    header: block.header,
    hash: block.hash,
    merkleProof,
    signature: block.signature,
    coinstake,
    sizes: {
      merkleProof:
        4 +
        lengthSize(merkleProof.hashes.length) +
        hashBytes +
        lengthSize(merkleProof.flags.length) +
        merkleProof.flags.length,
      signature: lengthSize(block.signature.length) + block.signature.length,
      coinstake: coinstake.sizeTotal,
    },
  };
}
