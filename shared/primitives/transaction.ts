import type { Amount, Hash256, UnixSeconds } from "#shared/primitives/brand.ts";

/** One output of one transaction. A coinbase spends the zero hash at index 0xffffffff. */
export interface Outpoint {
  readonly txid: Hash256;
  readonly index: number;
}

/** What a transaction spends, and the proof that it may. */
export interface TxInput {
  readonly prevout: Outpoint;
  readonly scriptSig: Uint8Array;
  readonly sequence: number;
  /** Witness stack of this input; empty where it has none. */
  readonly witness: readonly Uint8Array[];
}

/** What a transaction makes: a value, and who may spend it. */
export interface TxOutput {
  /** Signed 64-bit on the wire, so it may be negative here. */
  readonly value: Amount;
  readonly scriptPubKey: Uint8Array;
}

/** A transaction as it is written, without its hashes. */
export interface Transaction {
  /** Unsigned 32-bit. */
  readonly version: number;
  /**
   * Set by the sender; consensus compares it with the block's time and with those of its inputs.
   * 0 on networks whose transactions carry none.
   */
  readonly time: UnixSeconds;
  readonly inputs: readonly TxInput[];
  readonly outputs: readonly TxOutput[];
  readonly lockTime: number;
}

/** A transaction with what follows from its bytes. Sizes are of the canonical serialisation. */
export interface HashedTransaction extends Transaction {
  /** Double SHA-256 of the serialisation without witness. */
  readonly txid: Hash256;
  /** With witness; equal to `txid` where there is none. */
  readonly wtxid: Hash256;
  /** Bytes without witness. */
  readonly sizeStripped: number;
  /** Bytes with witness. */
  readonly sizeTotal: number;
  /** The canonical serialisation with witness; a view of what was decoded where that was it. */
  readonly raw: Uint8Array;
}
