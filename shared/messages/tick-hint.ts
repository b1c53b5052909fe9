import * as z from "zod";

/** "Time went on": whoever receives it looks at the stores for what nobody hinted at. */
export interface TickHint {
  readonly v: 1;
  readonly kind: "tick";
}

const Shape = z.strictObject({ v: z.literal(1), kind: z.literal("tick") });

/** A hint in its present version. */
export function tickHint(): TickHint {
  return { v: 1, kind: "tick" };
}

/** @returns `undefined` for anything but a hint that this version understands */
export function parseTickHint(message: unknown): TickHint | undefined {
  return Shape.safeParse(message).success ? tickHint() : undefined;
}
