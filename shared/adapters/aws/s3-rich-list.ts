import {
  HOLDERS_MAX,
  type Holder,
  type RichestAt,
  type RichList,
  type RichListWriter,
} from "#shared/ports/rich-list.ts";
import { checkHoldersLimit } from "#shared/ports/top-holders.ts";
import { amount, height } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";
import { parseHex, toHex } from "#shared/primitives/hex.ts";
import type { S3Objects } from "./s3-objects.ts";

const KEY = "state/rich-list.json";
const SCHEMA = "exos.rich-list.v1";
type Fields = Readonly<Record<string, unknown>>;

/**
 * The object `state/rich-list.json` of the bucket `chain`, which the loading task writes from the set
 * that it has just written, and every reader of the city answers from.
 *
 * @source cloud.md 5.1, 6
 */
export function createS3RichList(
  objects: Pick<S3Objects, "get" | "put">,
): RichList & RichListWriter {
  return {
    async richest(limit) {
      checkHoldersLimit(limit);
      const saved = await objects.get(KEY);
      const list = saved && parseList(jsonOf(saved.bytes));
      return list && { at: list.at, holders: list.holders.slice(0, limit) };
    },
    async write({ at, holders }) {
      const list = {
        schema: SCHEMA,
        ...at,
        holders: holders.map(({ script, balance, coins }) => ({
          script: toHex(script),
          balance: balance.toString(),
          coins,
        })),
      };
      await objects.put(KEY, new TextEncoder().encode(`${JSON.stringify(list)}\n`));
    },
  };
}

/** @returns `undefined` for what nobody can read: the next run writes it anew */
function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function parseList(value: unknown): RichestAt | undefined {
  if (!isFields(value) || value["schema"] !== SCHEMA) return undefined;
  const { height: at, hash: text, holders: listed } = value;
  const hash = typeof text === "string" ? parseHashHex(text) : undefined;
  if (!isCount(at) || hash === undefined || !Array.isArray(listed)) return undefined;
  const holders = listed.slice(0, HOLDERS_MAX).map(parseHolder);
  const whole = holders.filter((holder) => holder !== undefined);
  if (whole.length !== holders.length) return undefined;
  return { at: { height: height(at), hash }, holders: whole };
}

function parseHolder(value: unknown): Holder | undefined {
  if (!isFields(value)) return undefined;
  const { script: hex, balance, coins } = value;
  const script = typeof hex === "string" ? parseHex(hex) : undefined;
  const isAmount = typeof balance === "string" && /^[0-9]{1,19}$/.test(balance);
  if (script === undefined || !isAmount || !isCount(coins)) return undefined;
  return { script, balance: amount(BigInt(balance)), coins };
}

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;
