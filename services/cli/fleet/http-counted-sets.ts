import * as z from "zod";
import type { HashHex } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";
import type { CountedSet, WitnessDeps } from "./find-witnessed.ts";

const ANSWER_MS_MAX = 15_000;
const NOT_FOUND = 404;

const HASH = z.string().transform((text, at): HashHex => {
  const hash = parseHashHex(text);
  if (hash !== undefined) return hash;
  at.addIssue({ code: "custom", message: "no hash" });
  return z.NEVER;
});
const COUNTED = z.object({ height: z.int(), hash: HASH, muhash: HASH });

export interface HttpCountedOptions {
  /** Where a city answers, without a slash at its end; `undefined`: nowhere yet. */
  baseOf(city: string): Promise<string | undefined>;
  /** Asks; the machine's `fetch` unless given. */
  readonly request?: typeof fetch;
  say(line: string): void;
}

/**
 * What cities counted at a block, as every city answers whoever runs it. One that cannot be asked is
 * no witness, and none against anything.
 *
 * @source cloud.md 5.4 "Trust"
 */
export function createHttpCountedSets(options: HttpCountedOptions): WitnessDeps["countedBy"] {
  const { baseOf, request = fetch, say } = options;

  async function ask(city: string, height: number): Promise<CountedSet | undefined> {
    const base = await baseOf(city);
    if (base === undefined) return undefined;
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const answer = await request(`${base}/v1/snapshots/${height}`, { signal });
    // It counted nothing there.
    if (answer.status === NOT_FOUND) return undefined;
    const counted = COUNTED.parse(await answer.json());
    return counted.height === height ? counted : undefined;
  }

  return async (city, height) => {
    try {
      return await ask(city, height);
    } catch (cause) {
      // That it does not answer, or not as a city does, is what is to be told of it.
      say(`${city} cannot be asked: ${cause instanceof Error ? cause.message : "no answer"}`);
      return undefined;
    }
  };
}
