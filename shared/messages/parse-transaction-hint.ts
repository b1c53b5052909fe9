import * as z from "zod";
import { parseHashHex } from "#shared/primitives/hash.ts";
import { type TransactionHint, transactionHint } from "./transaction-hint.ts";

const Shape = z.strictObject({ v: z.literal(1), kind: z.literal("transaction"), txid: z.string() });

/** @returns `undefined` for anything but a hint that this version understands */
export function parseTransactionHint(message: unknown): TransactionHint | undefined {
  const shape = Shape.safeParse(message);
  const txid = shape.success ? parseHashHex(shape.data.txid) : undefined;
  return txid === undefined ? undefined : transactionHint(txid);
}
