import type { Context } from "hono";
import type { RpcDeps } from "#services/rpc/deps.ts";
import type { ApiEnv } from "#services/rpc/http/finish.ts";
import { problemResponse } from "#services/rpc/problems.ts";
import { exposeChainMetrics } from "#services/rpc/views/chain-metrics.ts";
import { viewComparable } from "#services/rpc/views/comparable-tip.ts";
import { viewHealth } from "#services/rpc/views/health.ts";
import { reasonWithoutChain } from "#services/rpc/views/readiness.ts";

export const OPERATIONS_PATHS = ["/healthz", "/startupz", "/readyz", "/metrics"] as const;

/** Blocks that somebody allows a node to be behind. */
const LAG = /^\d{1,6}$/;

type OperationsPath = (typeof OPERATIONS_PATHS)[number];

/** What whoever runs the node asks, often and from the first second. @source interfaces.md 7.2, 7.3 */
export async function answerOperations(
  c: Context<ApiEnv>,
  path: OperationsPath,
  deps: RpcDeps,
): Promise<Response> {
  c.set("dialect", "operations");
  c.set("route", path);
  switch (path) {
    case "/healthz":
      return answer(200, { status: "ok" });
    case "/startupz":
      return answerStartup(deps);
    case "/readyz":
      return answerReady(c, deps);
    case "/metrics":
      return answerMetrics(c, deps);
  }
}

/** A body, and the code of what is wrong where the status says so. */
function answer(status: 200 | 503, body: object): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
      ...(status === 503 ? { "x-exos-error": "EXOS-E2001", "retry-after": "1" } : {}),
    },
  });
}

function startupOf({ state }: RpcDeps): object {
  const { phase, progress, etaSeconds } = state();
  return { phase, percent: Math.floor(progress * 100), etaSeconds: etaSeconds ?? null };
}

function answerStartup(deps: RpcDeps): Response {
  const { stores } = deps.state();
  return answer(stores === undefined ? 503 : 200, startupOf(deps));
}

async function answerReady(c: Context<ApiEnv>, deps: RpcDeps): Promise<Response> {
  const session = c.get("session");
  const { stores } = session;
  const asked = c.req.query("maxlag");
  if (asked !== undefined && !LAG.test(asked)) {
    const message = "Not a whole number of blocks, at most 999999";
    const errors = [{ path: "maxlag", message }];
    const detail = "Not usable: maxlag";
    return problemResponse({ code: "EXOS-E4001", detail, errors }, c.req.path);
  }
  const opening = await reasonWithoutChain(session, deps);
  const { city, version } = deps;
  if (opening !== undefined || stores === undefined) {
    const phase = stores === undefined ? startupOf(deps) : {};
    return answer(503, { ...phase, reasons: [opening], version, city });
  }
  const lagMax = asked === undefined ? undefined : Number(asked);
  const chain = await session.chain();
  const { status, reasons } = await viewHealth({ chain, deps, stores }, lagMax);
  const tip = await viewComparable(chain, stores);
  return answer(status === "ok" ? 200 : 503, { reasons, tip, version, city });
}

async function answerMetrics(c: Context<ApiEnv>, deps: RpcDeps): Promise<Response> {
  await exposeChainMetrics(c.get("session"), deps);
  return new Response(deps.metrics.expose(), {
    headers: {
      "content-type": "text/plain; version=0.0.4; charset=utf-8",
      "cache-control": "no-store",
    },
  });
}
