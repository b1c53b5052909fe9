import * as z from "zod";
import type { HashHex } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";

/**
 * "This was found bad", to the process that talks to peers: it looks into the store whether that
 * holds for the hash, and bans who sent it, or asks again for other bytes.
 */
export interface BadHint {
  readonly v: 1;
  readonly kind: "bad";
  /** Of a block or a transaction. */
  readonly hash: HashHex;
  /** Reject code. */
  readonly code: string;
  /** Network group that the work was queued for; absent where nobody knows any more. */
  readonly peer?: string;
}

const Shape = z.strictObject({
  v: z.literal(1),
  kind: z.literal("bad"),
  hash: z.string(),
  code: z.string().min(1).max(64),
  peer: z.string().min(1).max(128).optional(),
});

/** A hint in its present version. */
export function badHint({
  hash,
  code,
  peer,
}: Pick<BadHint, "hash" | "code"> & {
  readonly peer?: string | undefined;
}): BadHint {
  return { v: 1, kind: "bad", hash, code, ...(peer === undefined ? {} : { peer }) };
}

/** @returns `undefined` for anything but a hint that this version understands */
export function parseBadHint(message: unknown): BadHint | undefined {
  const shape = Shape.safeParse(message);
  const hash = shape.success ? parseHashHex(shape.data.hash) : undefined;
  return shape.success && hash !== undefined ? badHint({ ...shape.data, hash }) : undefined;
}
