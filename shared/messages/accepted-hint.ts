import * as z from "zod";
import type { HashHex } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";

/** "This transaction entered the pool": whoever tells peers or pages of it reads it there. */
export interface AcceptedHint {
  readonly v: 1;
  readonly kind: "accepted";
  readonly txid: HashHex;
}

const Shape = z.strictObject({ v: z.literal(1), kind: z.literal("accepted"), txid: z.string() });

/** A hint in its present version. */
export function acceptedHint(txid: HashHex): AcceptedHint {
  return { v: 1, kind: "accepted", txid };
}

/** @returns `undefined` for anything but a hint that this version understands */
export function parseAcceptedHint(message: unknown): AcceptedHint | undefined {
  const shape = Shape.safeParse(message);
  const txid = shape.success ? parseHashHex(shape.data.txid) : undefined;
  return txid === undefined ? undefined : acceptedHint(txid);
}
