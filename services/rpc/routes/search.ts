import * as z from "zod";
import { SEARCH_CHARACTERS_MAX } from "#services/rpc/limits.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { viewHits } from "#services/rpc/views/search-hits.ts";

export const search = defineRoute({
  operationId: "search",
  tag: "chain",
  summary: "What a height, hash, transaction id, address or exos: URI names",
  cost: 10,
  params: {},
  query: { q: z.string().trim().min(1).max(SEARCH_CHARACTERS_MAX) },
  answer: z.object({
    hits: z.array(
      z.object({
        kind: z.enum(["block", "transaction", "address"]),
        id: z.string(),
        path: z.string().meta({ description: "Where /v1 tells more" }),
      }),
    ),
  }),
  problems: [],
  async run({ q }, { chain, deps, stores }) {
    const hits = await viewHits(q, { chain, stores, network: deps.network });
    return { ok: true, value: { value: { hits }, cache: { kind: "recent" } } };
  },
});
