import * as z from "zod";
import type { HashHex } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";

/** "Judge this transaction": its bytes wait in the pool's store, unjudged. */
export interface TransactionHint {
  readonly v: 1;
  readonly kind: "transaction";
  readonly txid: HashHex;
}

const Shape = z.strictObject({ v: z.literal(1), kind: z.literal("transaction"), txid: z.string() });

/** A hint in its present version. */
export function transactionHint(txid: HashHex): TransactionHint {
  return { v: 1, kind: "transaction", txid };
}

/** @returns `undefined` for anything but a hint that this version understands */
export function parseTransactionHint(message: unknown): TransactionHint | undefined {
  const shape = Shape.safeParse(message);
  const txid = shape.success ? parseHashHex(shape.data.txid) : undefined;
  return txid === undefined ? undefined : transactionHint(txid);
}
