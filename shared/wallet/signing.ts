import type { Amount, Height } from "#shared/primitives/brand.ts";
import type { KeyPath } from "#shared/wallet/key-path.ts";

/** The output that an input spends, and the key that may. */
export interface SigningInput {
  readonly value: Amount;
  readonly scriptPubKey: Uint8Array;
  readonly key: KeyPath;
}

/** A transaction to be signed. */
export interface SigningRequest {
  /** Serialized; what its inputs carry as scripts is ignored. */
  readonly raw: Uint8Array;
  /** One for each input, in their order. */
  readonly inputs: readonly SigningInput[];
  /** The most that may go to miners: what the outputs leave of the inputs. */
  readonly feeMax: Amount;
}

/** A block proven by stake that lacks its signatures and its Merkle root. */
export interface StakeRequest {
  /** Serialized, the coinstake second with an empty script in its only input, no signature. */
  readonly block: Uint8Array;
  /** What the coinstake spends. */
  readonly kernel: SigningInput;
  /** Height of the block. */
  readonly height: Height;
  /** Of its ordinary transactions: the coinstake pays exactly kernel, reward and these out. */
  readonly fees: Amount;
}
