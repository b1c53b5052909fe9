import * as z from "zod";
import type { CityAnswer } from "#shared/fleet/judge-fleet.ts";
import { knownReasonCode, knownReasonName } from "#shared/fleet/known-reason.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";
import type { CityHealth, CityLook, CitySaying } from "./deploy-ports.ts";

const ANSWER_MS_MAX = 15_000;

const HASH = z.string().transform((text, at): HashHex => {
  const hash = parseHashHex(text);
  if (hash !== undefined) return hash;
  at.addIssue({ code: "custom", message: "no hash" });
  return z.NEVER;
});
/** What `/readyz` of a city says, whatever its status. */
const READINESS = z.object({
  reasons: z.array(
    z.object({
      name: z.string().transform(knownReasonName),
      code: z.string().transform(knownReasonCode),
      text: z.string(),
      since: z.int().nonnegative().transform(unixSeconds),
      fix: z.string(),
      out: z.boolean(),
    }),
  ),
  tip: z
    .object({
      height: z.int().nonnegative(),
      hash: HASH,
      muhash: HASH.optional(),
      recent: z.array(HASH).max(64),
    })
    .optional(),
  version: z.string().optional(),
});

export interface HttpHealthOptions {
  /** Where a city answers, without a slash at its end; `undefined`: nowhere yet. */
  baseOf(city: string): Promise<string | undefined>;
  /** Names of the city's alarms that are raised. */
  alarmsOf(city: string): Promise<readonly string[]>;
  /** Every city whose address is known without asking AWS. */
  readonly known: readonly string[];
  /** Asks; the machine's `fetch` unless given. */
  readonly request?: typeof fetch;
}

/** Looks at cities as their callers do. A city that does not answer, or not as one does, has none. */
export function createHttpCityHealth(options: HttpHealthOptions): CityHealth {
  const { request = fetch } = options;

  async function readinessOf(city: string): Promise<z.output<typeof READINESS> | undefined> {
    const base = await options.baseOf(city);
    if (base === undefined) return undefined;
    try {
      const signal = AbortSignal.timeout(ANSWER_MS_MAX);
      const response = await request(`${base}/readyz`, { signal });
      return READINESS.safeParse(await response.json()).data;
    } catch {
      // That it does not answer is what is to be told of it.
      return undefined;
    }
  }

  async function ask(city: string): Promise<CitySaying> {
    const found = await readinessOf(city);
    return { city, answer: answerOf(found), version: found?.version };
  }

  async function lookAt(city: string): Promise<CityLook> {
    const [said, alarms] = await Promise.all([ask(city), options.alarmsOf(city)]);
    return { ...said, alarms };
  }

  return {
    look: (cities) => Promise.all(cities.map(lookAt)),
    askOthers: (than) => Promise.all(options.known.filter((city) => !than.includes(city)).map(ask)),
  };
}

function answerOf(found: z.output<typeof READINESS> | undefined): CityAnswer | undefined {
  if (found === undefined) return undefined;
  const { reasons, tip } = found;
  return { reasons, tip: tip === undefined ? undefined : { ...tip, muhash: tip.muhash } };
}
