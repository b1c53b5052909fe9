import * as z from "zod";
import { DIFFERENCES } from "#shared/fleet/reason.ts";
import type { Heartbeat } from "#shared/ports/heartbeats.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";

const Count = z.int().nonnegative();
const At = Count.transform(unixSeconds);
const Hash = z.string().transform((value, context): HashHex => {
  const hash = parseHashHex(value);
  if (hash !== undefined) return hash;
  context.addIssue("no hash");
  return z.NEVER;
});
const maybe = <Shape extends z.ZodType>(shape: Shape) =>
  z.union([shape, z.null().transform(() => undefined)]);

const Shape = z.discriminatedUnion("service", [
  z.object({
    service: z.literal("ingest"),
    at: At,
    peersIn: Count,
    peersOut: Count,
    bestHeader: maybe(z.object({ height: Count, hash: Hash })),
    // Absent from what a part of an earlier version said, too.
    networkHeight: z.optional(maybe(Count)),
    addresses: Count,
  }),
  z.object({
    service: z.literal("watch"),
    at: At,
    deadLetters: Count,
    oldestHintSeconds: Count,
    cities: z
      .array(
        z.object({
          city: z.string(),
          at: At,
          ready: z.boolean(),
          // One that a release before this wrote does not say.
          differs: z.array(z.enum(DIFFERENCES)).max(DIFFERENCES.length).default([]),
          tip: maybe(z.object({ height: Count, hash: Hash, muhash: maybe(Hash) })),
        }),
      )
      .max(64),
  }),
  z.object({ service: z.enum(["stake", "load"]), at: At }),
]);

/** What a part of a city said of itself, as JSON. @throws when nobody could have said it */
export function parseHeartbeat(said: string): Heartbeat {
  return Shape.parse(JSON.parse(said));
}
