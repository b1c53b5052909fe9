import * as z from "zod";
import { LIMITS, limitsOf } from "#services/rpc/limits.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";

const NUMBERS = Object.fromEntries(Object.keys(LIMITS).map((name) => [name, z.int().min(1)]));

export const listLimits = defineRoute({
  operationId: "listLimits",
  tag: "service",
  summary: "The limits of this API: bytes, seconds, items",
  cost: 1,
  params: {},
  query: {},
  answer: z.object({ limits: z.object(NUMBERS) }),
  problems: [],
  async run(_, { deps }) {
    const value = { limits: limitsOf(deps.access) };
    return { ok: true, value: { value, cache: { kind: "recent" } } };
  },
});
