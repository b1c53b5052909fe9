import type { RouteConfig } from "@hono/zod-openapi";
import * as z from "zod";
import { OPERATIONS_PATHS } from "#services/rpc/operations.ts";
import { COMPARABLE_SCHEMA, PROBLEM_SCHEMA, REASON_SCHEMA } from "#services/rpc/routes/schemas.ts";
import type { ErrorCode } from "#shared/primitives/error-catalogue.ts";

const STARTUP = z.object({
  phase: z.string(),
  percent: z.int(),
  etaSeconds: z.number().nullable(),
});
const REASONS = z.object({
  reasons: z.array(REASON_SCHEMA),
  tip: COMPARABLE_SCHEMA.optional(),
  version: z.string().optional().meta({ description: "Of the program, or of the release" }),
});

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly answer: z.ZodType;
  /** What 503 says instead. */
  readonly notYet?: z.ZodType;
  readonly query?: z.ZodObject;
}

const OPERATIONS: Readonly<Record<(typeof OPERATIONS_PATHS)[number], Operation>> = {
  "/healthz": {
    operationId: "getLiveness",
    summary: "Whether the process answers; says nothing of chain or peers",
    answer: z.object({ status: z.literal("ok") }),
  },
  "/startupz": {
    operationId: "getStartup",
    summary: "Whether the stores are open, and how far the node has come",
    answer: STARTUP,
    notYet: STARTUP,
  },
  "/readyz": {
    operationId: "getReadiness",
    summary: "Whether to rely on this node, and what speaks against it",
    answer: REASONS,
    notYet: REASONS.extend(STARTUP.partial().shape),
    query: z.object({
      maxlag: z.int().min(0).max(999_999).optional().meta({ description: "Blocks behind" }),
    }),
  },
  "/metrics": {
    operationId: "getMetrics",
    summary: "Numbers in Prometheus' text format 0.0.4",
    answer: z.string(),
  },
};

const json = (schema: z.ZodType) => ({ "application/json": { schema } });

/** The part of the OpenAPI document about the paths of whoever runs the node. */
export function operationRoutes(): readonly RouteConfig[] {
  return OPERATIONS_PATHS.map((path) => {
    const { operationId, summary, answer, notYet, query } = OPERATIONS[path];
    const problems: ErrorCode[] = [
      ...(query === undefined ? [] : (["EXOS-E4001"] as const)),
      ...(notYet === undefined ? [] : (["EXOS-E2001"] as const)),
    ];
    const content = path === "/metrics" ? { "text/plain": { schema: answer } } : json(answer);
    return {
      method: "get",
      path,
      operationId,
      tags: ["operations"],
      summary,
      request: query === undefined ? {} : { query },
      responses: {
        200: { description: "The answer", content },
        ...(query === undefined ? {} : { 400: badQuery() }),
        ...(notYet === undefined ? {} : { 503: { description: "Not yet", content: json(notYet) } }),
      },
      "x-exos-tier": 1,
      "x-exos-cost": 1,
      "x-exos-auth": "none",
      "x-exos-placement": "all",
      "x-exos-problems": problems,
    };
  });
}

function badQuery() {
  return {
    description: "EXOS-E4001",
    content: { "application/problem+json": { schema: PROBLEM_SCHEMA } },
  };
}
