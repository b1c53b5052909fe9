import * as z from "zod";
import { DIFFERENCES } from "#shared/fleet/reason.ts";
import type { BeatingService, Heartbeat } from "#shared/ports/heartbeats.ts";
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

/** What a city may be said to differ in, whichever release says so. */
const WORDS_MAX = 16;
const differencesOf = (words: readonly string[]) =>
  DIFFERENCES.filter((difference) => words.includes(difference));

const Known = z.discriminatedUnion("service", [
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
          // One that a release before this wrote does not say, and one after it may say more.
          differs: z.array(z.string()).max(WORDS_MAX).default([]).transform(differencesOf),
          tip: maybe(z.object({ height: Count, hash: Hash, muhash: maybe(Hash) })),
        }),
      )
      .max(64),
  }),
  z.object({ service: z.enum(["stake", "load"]), at: At }),
]);

const KNOWN: readonly string[] = ["ingest", "watch", "stake", "load"] satisfies BeatingService[];
const Unknown = z.object({ service: z.string().refine((name) => !KNOWN.includes(name)) });

/**
 * What a part of a city said of itself, as JSON.
 *
 * @returns `undefined` for a part that only a release after this has: its last word stays when the
 *   city goes back to this one
 * @throws when nobody could have said it
 */
export function parseHeartbeat(said: string): Heartbeat | undefined {
  const plain: unknown = JSON.parse(said);
  return Unknown.safeParse(plain).success ? undefined : Known.parse(plain);
}
