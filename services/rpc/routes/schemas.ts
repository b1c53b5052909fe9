import * as z from "zod";
import { PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX } from "#services/rpc/limits.ts";
import { RECENT_HASHES } from "#shared/fleet/judge-fleet.ts";
import type { Amount } from "#shared/primitives/brand.ts";

/** @source RFC 9457; interfaces.md 3.1 */
export const PROBLEM_SCHEMA = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: "Row of /v1/errors", example: "EXOS-E4041" }),
    detail: z.string(),
    instance: z.string(),
    hint: z.string(),
    retryAfter: z.int().optional(),
    link: z.string().optional(),
    reasons: z
      .array(z.object({ name: z.string(), code: z.string(), text: z.string(), fix: z.string() }))
      .optional()
      .meta({ description: "What is wrong with a city that does not answer" }),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Problem" });

export const HASH_SCHEMA = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ description: "64 lower-case hex digits, printed order" });

/** Base units as decimal text. */
export const AMOUNT_SCHEMA = z
  .string()
  .regex(/^-?\d+$/)
  .meta({ description: "Base units; one coin is 100,000,000", example: "1200000000" });

export const HEIGHT_SCHEMA = z.int().min(0);
export const TIME_SCHEMA = z.int().meta({ description: "Unix seconds" });
export const HEX_SCHEMA = z.string().regex(/^([0-9a-f]{2})*$/);

/** The block a page of a list is tied to. */
export const AT_SCHEMA = z.object({ height: HEIGHT_SCHEMA, hash: HASH_SCHEMA });

/** One reason not to rely on a node. */
export const REASON_SCHEMA = z.object({
  name: z.string().meta({ description: "What is wrong, in one word" }),
  code: z.string(),
  text: z.string(),
  since: z.int().meta({ description: "Unix seconds" }),
  fix: z.string(),
  out: z.boolean().meta({ description: "Whether it takes a city out of rotation" }),
});

/** What of a chain is compared between cities. */
export const COMPARABLE_SCHEMA = z.object({
  height: HEIGHT_SCHEMA,
  hash: HASH_SCHEMA,
  muhash: HASH_SCHEMA.meta({ description: "Of the unspent set at the tip" }),
  recent: z.array(HASH_SCHEMA).max(RECENT_HASHES).meta({ description: "Of the tip and below it" }),
});

/** A list with an opaque way on. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: "Cursor of the next page" }),
    at: AT_SCHEMA,
  });
}

/** Query of every list. */
export const PAGE_QUERY = {
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_ITEMS_MAX).default(PAGE_ITEMS_DEFAULT),
};

/** How an amount stands in an answer of `/v1`. */
export function amountText(value: Amount | bigint): string {
  return value.toString();
}
