import * as z from "zod";
import type { CityAnswer } from "#shared/fleet/judge-fleet.ts";
import { RECENT_HASHES } from "#shared/fleet/judge-fleet.ts";
import { knownReasonCode, knownReasonName } from "#shared/fleet/known-reason.ts";
import type { CityAsker } from "#shared/ports/fleet-watch.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";

const ANSWER_MS = 5_000;
const ANSWER_BYTES_MAX = 65_536;

const Hash = z.string().transform((text, context) => {
  const hash = parseHashHex(text);
  if (hash !== undefined) return hash;
  context.addIssue("is no hash");
  return z.NEVER;
});

const Answer = z.object({
  reasons: z
    .array(
      z.object({
        name: z.string().transform(knownReasonName),
        code: z.string().transform(knownReasonCode),
        text: z.string().max(200),
        since: z.int().min(0).transform(unixSeconds),
        fix: z.string().max(200),
        out: z.boolean(),
      }),
    )
    .max(32),
  tip: z
    .object({
      height: z.int().min(0),
      hash: Hash,
      muhash: Hash.optional(),
      recent: z.array(Hash).max(RECENT_HASHES),
    })
    .optional(),
});

/**
 * Asks by HTTP, each city under its pinned path.
 * @param options `origin` such as `https://exos.example`
 */
export function createHttpCityAsker({
  origin,
  fetch,
}: {
  readonly origin: string;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}): CityAsker {
  return {
    async ask(city) {
      try {
        const signal = AbortSignal.timeout(ANSWER_MS);
        const answer = await fetch(`${origin}/c/${city}/readyz`, { signal, redirect: "error" });
        if (answer.status !== 200 && answer.status !== 503) return undefined;
        const text = await answer.text();
        return text.length > ANSWER_BYTES_MAX ? undefined : parse(text);
      } catch {
        // Nothing is lost: a city that does not answer is what is asked for here.
        return undefined;
      }
    },
  };
}

function parse(text: string): CityAnswer | undefined {
  const { success, data } = Answer.safeParse(JSON.parse(text));
  if (!success) return undefined;
  const { reasons, tip } = data;
  if (tip === undefined) return { reasons, tip: undefined };
  return { reasons, tip: { ...tip, muhash: tip.muhash } };
}
