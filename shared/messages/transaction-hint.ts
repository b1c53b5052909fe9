import type { HashHex } from "#shared/primitives/brand.ts";

/** "Judge this transaction": its bytes wait in the pool's store, unjudged. */
export interface TransactionHint {
  readonly v: 1;
  readonly kind: "transaction";
  readonly txid: HashHex;
}

/** A hint in its present version. */
export function transactionHint(txid: HashHex): TransactionHint {
  return { v: 1, kind: "transaction", txid };
}
