import type { CompactBits, Hash256, UnixSeconds } from "#shared/primitives/brand.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";

/** The six fields of a header, and the 80 bytes that are hashed. */
export interface BlockHeader {
  /** Signed 32-bit. */
  readonly version: number;
  readonly prev: Hash256;
  readonly merkleRoot: Hash256;
  readonly time: UnixSeconds;
  readonly bits: CompactBits;
  /** Unsigned 32-bit. */
  readonly nonce: number;
  readonly bytes: Uint8Array;
}

/** A decoded block with the hashes and sizes that rules ask for. */
export interface Block {
  readonly header: BlockHeader;
  /** Identity of the block: what children name and the staker signs. */
  readonly hash: Hash256;
  readonly transactions: readonly HashedTransaction[];
  /**
   * DER signature of the staker over the block hash; empty in a proof-of-work block and on networks
   * without it.
   */
  readonly signature: Uint8Array;
  /** Bytes of the canonical serialisation, signature included, with and without witnesses. */
  readonly sizeTotal: number;
  readonly sizeStripped: number;
}
