import * as z from "zod";
import { parseHashHex } from "#shared/primitives/hash.ts";
import { type BlockHint, blockHint } from "./block-hint.ts";

const Shape = z.strictObject({
  v: z.literal(1),
  kind: z.enum(["block", "connect"]),
  hash: z.string(),
});

/** @returns `undefined` for anything but a hint that this version understands */
export function parseBlockHint(message: unknown): BlockHint | undefined {
  const shape = Shape.safeParse(message);
  const hash = shape.success ? parseHashHex(shape.data.hash) : undefined;
  return shape.success && hash !== undefined ? blockHint(shape.data.kind, hash) : undefined;
}
