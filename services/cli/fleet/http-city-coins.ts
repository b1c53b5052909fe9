import * as z from "zod";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { amount, unixSeconds } from "#shared/primitives/brand.ts";
import { findError } from "#shared/primitives/error-catalogue.ts";
import { fromHashHex, parseHashHex } from "#shared/primitives/hash.ts";
import { fromHex, toHex } from "#shared/primitives/hex.ts";
import { refusal } from "#shared/primitives/refusal.ts";
import type { SweptCoin } from "./plan-sweep.ts";
import type { CityCoins } from "./sweep-city.ts";

const ANSWER_MS_MAX = 30_000;
/** More coins than a key ever stakes with. */
const PAGES_MAX = 1_000;

const HASH = z.string().transform((text, at) => {
  const hash = parseHashHex(text);
  if (hash !== undefined) return hash;
  at.addIssue({ code: "custom", message: "no hash" });
  return z.NEVER;
});
const PAGE = z.object({
  items: z.array(
    z.object({
      txid: HASH,
      index: z.int().nonnegative(),
      value: z.string().regex(/^\d+$/),
      script: z.string().regex(/^([0-9a-f]{2})*$/),
      time: z.int().nonnegative(),
      mature: z.boolean(),
    }),
  ),
  next: z.string().nullable(),
});
const ACCEPTED = z.object({ txid: HASH });
const PROBLEM = z.object({ code: z.string(), detail: z.string() });

/**
 * The money of a city as its callers see it.
 *
 * @param base where it answers, without a slash at its end
 */
export function createHttpCityCoins(base: string, request: typeof fetch = fetch): CityCoins {
  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    try {
      return await request(`${base}${path}`, { ...init, signal });
    } catch (cause) {
      throw unanswered(`${base}${path} does not answer`, cause);
    }
  }

  return {
    async spendable(address) {
      const coins: SweptCoin[] = [];
      let query = "";
      for (let page = 0; page < PAGES_MAX; page++) {
        const path = `/v1/addresses/${address}/coins${query}`;
        const { items, next } = await read(await ask(path), PAGE, path);
        coins.push(...items.filter(({ mature }) => mature).map(coinOf));
        if (next === null) break;
        query = `?cursor=${encodeURIComponent(next)}`;
      }
      return coins;
    },
    async broadcast(transaction) {
      const body = JSON.stringify({ hex: toHex(transaction) });
      const headers = { "content-type": "application/json" };
      const answer = await ask("/v1/txs", { method: "POST", headers, body });
      if (answer.status >= 400 && answer.status < 500) {
        const { code, detail } = await read(answer, PROBLEM, "/v1/txs");
        return refusal(findError(code) === undefined ? "EXOS-E4220" : (code as never), detail);
      }
      return { ok: true, value: (await read(answer, ACCEPTED, "/v1/txs")).txid };
    },
  };
}

function coinOf(item: z.output<typeof PAGE>["items"][number]): SweptCoin {
  return {
    outpoint: { txid: fromHashHex(item.txid), index: item.index },
    value: amount(BigInt(item.value)),
    scriptPubKey: fromHex(item.script),
    time: unixSeconds(item.time),
  };
}

async function read<T>(answer: Response, shape: z.ZodType<T>, path: string): Promise<T> {
  const text = await answer.text();
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw unanswered(`${path} answered ${answer.status}: ${text.slice(0, SAID_MAX)}`, cause);
  }
}

const SAID_MAX = 300;

function unanswered(message: string, cause: unknown): StoreFault {
  return new StoreFault(message, { retryable: true, code: "EXOS-E8147", cause });
}
