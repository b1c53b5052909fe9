import * as z from "zod";
import type { HashHex } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";

/**
 * "Look at this block": `block` when its bytes are stored, for whoever checks it alone; `connect`
 * when it is a candidate for the tip. It carries no fact: whoever receives it reads the stores.
 * `v` lets either side be deployed first.
 */
export interface BlockHint {
  readonly v: 1;
  readonly kind: "block" | "connect";
  readonly hash: HashHex;
}

const Shape = z.strictObject({
  v: z.literal(1),
  kind: z.enum(["block", "connect"]),
  hash: z.string(),
});

/** A hint in its present version. */
export function blockHint(kind: BlockHint["kind"], hash: HashHex): BlockHint {
  return { v: 1, kind, hash };
}

/** @returns `undefined` for anything but a hint that this version understands */
export function parseBlockHint(message: unknown): BlockHint | undefined {
  const shape = Shape.safeParse(message);
  const hash = shape.success ? parseHashHex(shape.data.hash) : undefined;
  return shape.success && hash !== undefined ? blockHint(shape.data.kind, hash) : undefined;
}
