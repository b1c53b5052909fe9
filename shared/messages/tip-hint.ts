import * as z from "zod";
import type { HashHex } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";

/** "The tip moved." Followers keep a cursor of their own and derive their work from the stores. */
export interface TipHint {
  readonly v: 1;
  readonly kind: "tip";
  /** Revision of the tip, which rises with every write. */
  readonly rev: number;
  readonly height: number;
  readonly hash: HashHex;
}

const Shape = z.strictObject({
  v: z.literal(1),
  kind: z.literal("tip"),
  rev: z.int().nonnegative(),
  height: z.int().nonnegative(),
  hash: z.string(),
});

/** A hint in its present version. */
export function tipHint(tip: Pick<TipHint, "rev" | "height" | "hash">): TipHint {
  return { v: 1, kind: "tip", rev: tip.rev, height: tip.height, hash: tip.hash };
}

/** @returns `undefined` for anything but a hint that this version understands */
export function parseTipHint(message: unknown): TipHint | undefined {
  const shape = Shape.safeParse(message);
  const hash = shape.success ? parseHashHex(shape.data.hash) : undefined;
  return shape.success && hash !== undefined ? tipHint({ ...shape.data, hash }) : undefined;
}
