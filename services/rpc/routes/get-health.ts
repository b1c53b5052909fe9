import * as z from "zod";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { REASON_SCHEMA } from "#services/rpc/routes/schemas.ts";
import { viewHealth } from "#services/rpc/views/health.ts";

export const getHealth = defineRoute({
  operationId: "getHealth",
  tag: "node",
  summary: "Whether the node is well, and what to do if not",
  cost: 1,
  params: {},
  query: {},
  answer: z.object({
    status: z.enum(["ok", "degraded", "down"]),
    reasons: z.array(REASON_SCHEMA),
    checks: z.record(z.string(), z.boolean()),
  }),
  problems: [],
  async run(_, { chain, deps, stores }) {
    const { status, reasons, checks } = await viewHealth({ chain, deps, stores });
    const value = { status, reasons: [...reasons], checks };
    return { ok: true, value: { value, cache: { kind: "none" } } };
  },
});
