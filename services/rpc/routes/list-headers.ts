import * as z from "zod";
import { toHex } from "#services/rpc/json/hex.ts";
import { HEADERS_MAX } from "#services/rpc/limits.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { AT_SCHEMA, HASH_SCHEMA, HEIGHT_SCHEMA, HEX_SCHEMA } from "#services/rpc/routes/schemas.ts";

export const listHeaders = defineRoute({
  operationId: "listHeaders",
  tag: "chain",
  summary: "Headers of the chain as bytes, lowest first",
  cost: 2,
  params: {},
  query: {
    from: z.coerce.number().int().min(0).default(0).meta({ description: "First height" }),
    count: z.coerce.number().int().min(1).max(HEADERS_MAX).default(100),
  },
  answer: z.object({
    headers: z.array(z.object({ height: HEIGHT_SCHEMA, hash: HASH_SCHEMA, header: HEX_SCHEMA })),
    at: AT_SCHEMA,
  }),
  problems: [],
  async run({ from, count }, { chain, stores }) {
    const end = Math.min(chain.tip.height + 1, from + count);
    const heights = Array.from({ length: Math.max(0, end - from) }, (_, place) => from + place);
    const hashes = await Promise.all(heights.map((at) => chain.hashAt(at)));
    const found = await stores.headers.getMany(hashes.flatMap((hash) => hash ?? []));
    const headers = found.flatMap((stored) => {
      if (stored === undefined) return [];
      const { height, hash, header } = stored.record;
      return [{ height, hash, header: toHex(header.bytes) }];
    });
    const at = { height: chain.tip.height, hash: chain.tip.hash };
    return { ok: true, value: { value: { headers, at }, cache: { kind: "recent" } } };
  },
});
