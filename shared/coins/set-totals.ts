import type { Amount, Hash256 } from "#shared/primitives/brand.ts";

/** What can be said about a whole unspent set. */
export interface SetTotals {
  /** Unspent outputs but those that begin with OP_RETURN; the genesis output is none. */
  readonly coins: number;
  /** Sum of their values. */
  readonly supply: Amount;
  /** Bytes of their scripts. */
  readonly scriptBytes: number;
  /** MuHash3072 of the set; printed reversed, as every hash. @source networks.md */
  readonly muhash: Hash256;
}
