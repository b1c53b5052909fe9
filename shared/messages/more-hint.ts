import * as z from "zod";

/** "Time ran out with work left over", from whoever connects to whoever connects next. */
export interface MoreHint {
  readonly v: 1;
  readonly kind: "more";
  /** Revision of the tip where the work stopped. */
  readonly rev: number;
}

const Shape = z.strictObject({
  v: z.literal(1),
  kind: z.literal("more"),
  rev: z.int().nonnegative(),
});

/** A hint in its present version. */
export function moreHint(rev: number): MoreHint {
  return { v: 1, kind: "more", rev };
}

/** @returns `undefined` for anything but a hint that this version understands */
export function parseMoreHint(message: unknown): MoreHint | undefined {
  const shape = Shape.safeParse(message);
  return shape.success ? moreHint(shape.data.rev) : undefined;
}
