import * as z from "zod";
import {
  ADDRESS_PARAMETERS,
  KIND_NAMES,
  NAMES_OF_KINDS,
  refusePage,
  scriptOfParameter,
} from "#services/rpc/routes/address-parameter.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";
import {
  AMOUNT_SCHEMA,
  amountText,
  HASH_SCHEMA,
  HEIGHT_SCHEMA,
  PAGE_QUERY,
  pageSchema,
  TIME_SCHEMA,
} from "#services/rpc/routes/schemas.ts";
import type { HistoryEntry } from "#shared/ports/address-index.ts";

const KIND = z.enum(["transfer", "stake", "mined"]);

const ENTRY = z.object({
  txid: HASH_SCHEMA,
  kind: KIND,
  height: HEIGHT_SCHEMA,
  blockHash: HASH_SCHEMA,
  position: z.int().min(0),
  time: TIME_SCHEMA.meta({ description: "Of the block" }),
  received: AMOUNT_SCHEMA,
  sent: AMOUNT_SCHEMA,
});

function entryOf(entry: HistoryEntry): z.output<typeof ENTRY> {
  return {
    txid: entry.txid,
    kind: NAMES_OF_KINDS[entry.kind],
    height: entry.height,
    blockHash: entry.hash,
    position: entry.position,
    time: entry.blockTime,
    received: amountText(entry.received),
    sent: amountText(entry.sent),
  };
}

export const listAddressTransactions = defineRoute({
  operationId: "listAddressTransactions",
  tag: "addresses",
  summary: "What happened to an address, newest first",
  cost: 2,
  params: ADDRESS_PARAMETERS,
  query: {
    ...PAGE_QUERY,
    kind: KIND.optional(),
    from: z.coerce.number().int().min(0).optional().meta({ description: "Lowest height" }),
    to: z.coerce.number().int().min(0).optional().meta({ description: "Highest height" }),
  },
  answer: pageSchema(ENTRY),
  problems: ["EXOS-E4003", "EXOS-E4005", "EXOS-E4090"],
  async run({ a, cursor, limit, kind, from, to }, { deps, stores }) {
    const script = scriptOfParameter(a, deps.network);
    if (!script.ok) return script;
    const page = await stores.index.history({
      script: script.value,
      limit,
      cursor,
      kind: kind === undefined ? undefined : KIND_NAMES[kind],
      heightFrom: from,
      heightTo: to,
    });
    if (!page.ok) return refusePage(page.error, `/v1/addresses/${a}/txs`);
    const { items, next, at } = page.value;
    const tied = { height: at.height, hash: at.hash };
    const value = { items: items.map(entryOf), next: next ?? null, at: tied };
    return { ok: true, value: { value, cache: { kind: "recent" }, at } };
  },
});
