import type { Context } from "hono";
import type { RpcDeps } from "#services/rpc/deps.ts";
import { cacheWhileStale } from "#services/rpc/http/cache-class.ts";
import { allowedOrigin } from "#services/rpc/http/cross-site.ts";
import {
  type Allowance,
  RATE_UNITS_MAX,
  RATE_UNITS_PER_SECOND,
} from "#services/rpc/http/rate-limit.ts";
import type { Refusal } from "#services/rpc/problems.ts";
import type { Session } from "#services/rpc/session.ts";
import type { IndexPoint } from "#shared/ports/address-index.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Result } from "#shared/primitives/result.ts";

/** What travels with one request. */
export interface ApiEnv {
  // Hono asks for these two names.
  Bindings: {
    /** Address of the socket's peer; absent where a test calls without a socket. */
    readonly peer?: string;
    /** Whether the path named this city: `/c/<city>/…`. */
    readonly pinned?: boolean;
    /** Reads the body straight from the socket: a web stream around it costs a third of a call. */
    readonly readBody?: (bytesMax: number) => Promise<Result<Uint8Array, Refusal>>;
  };
  Variables: {
    session: Session;
    /** Monotonic milliseconds at which the request came. */
    started: number;
    /** Names this request in the answer and in the log. */
    requestId: string;
    /** The pattern that matched, for the metrics. */
    route?: string;
    /** The block the answer speaks of, where it is not the tip. */
    at?: IndexPoint;
    /** What is left to the caller. */
    allowance?: Allowance;
    /** What is wrong with the city that answers all the same. */
    stale?: string;
    dialect?: "json-rpc" | "v1" | "operations";
  };
}

const REQUEST_ID = /^[A-Za-z0-9-]{1,64}$/;

/** Headers of ours that a page of a listed origin may read. */
const EXPOSED =
  "X-EXOS-City, X-EXOS-Network, X-EXOS-Tip-Height, X-EXOS-Tip-Hash, X-EXOS-Error, " +
  "X-EXOS-Stale, X-Request-Id, Server-Timing, ETag, RateLimit, RateLimit-Policy, Retry-After";

/** Put on every answer what every dialect promises. @source interfaces.md 1.3 */
export async function finish(c: Context<ApiEnv>, deps: RpcDeps): Promise<void> {
  const { headers, status } = c.res;
  const session = c.get("session");
  headers.set("x-exos-city", deps.city);
  headers.set("x-exos-network", deps.network.name);
  headers.set("x-content-type-options", "nosniff");

  const { phase, stores } = deps.state();
  const stale = c.get("stale") ?? (stores !== undefined && phase !== "ready" ? phase : undefined);
  if (stale !== undefined) tellStale(headers, stale);
  const tip = c.get("at") ?? (await tipOf(c));
  if (tip !== undefined) {
    headers.set("x-exos-tip-height", String(tip.height));
    headers.set("x-exos-tip-hash", tip.hash);
  }
  allowOrigins(c, deps);

  const spent = deps.clock.elapsedMs() - c.get("started");
  const timing = `app;dur=${spent.toFixed(1)}, store;dur=${session.storeMs().toFixed(1)}`;
  // What a shared cache keeps of a city is everybody's: it names no single request.
  const isShared = deps.access.kind === "city" && isCacheable(headers);
  if (!isShared) {
    headers.set("x-request-id", c.get("requestId"));
    headers.set("server-timing", timing);
    tellAllowance(headers, c.get("allowance"));
  }
  const dialect = c.get("dialect") ?? "none";
  const labels = { dialect, route: c.get("route") ?? "none", code: String(status) };
  deps.metrics.observe("exos_http_request_duration_seconds", spent / 1000, labels);
}

function tellStale(headers: Headers, stale: string): void {
  headers.set("x-exos-stale", stale);
  const control = headers.get("cache-control");
  if (control !== null) headers.set("cache-control", cacheWhileStale(control));
}

/** @source draft-ietf-httpapi-ratelimit-headers, 3 and 4 */
function tellAllowance(headers: Headers, allowance: Allowance | undefined): void {
  if (allowance === undefined) return;
  const window = RATE_UNITS_MAX / RATE_UNITS_PER_SECOND;
  headers.set("ratelimit-policy", `"default";q=${RATE_UNITS_MAX};w=${window}`);
  const full = Math.ceil((RATE_UNITS_MAX - allowance.left) / RATE_UNITS_PER_SECOND);
  headers.set("ratelimit", `"default";r=${allowance.left};t=${full}`);
}

/** The tip to name, also where the answer did not need it. Health never depends on it. */
async function tipOf(c: Context<ApiEnv>): Promise<IndexPoint | undefined> {
  const session = c.get("session");
  // Who asked and has nothing waits for a store that does not answer.
  const told = session.stores === undefined || session.asked() || c.get("route") === "/healthz";
  if (told) return session.opened()?.tip;
  try {
    return (await session.chain()).tip;
  } catch (fault) {
    // The answer stands; that it names no tip says that the store did not tell one.
    if (fault instanceof StoreFault) return undefined;
    throw fault;
  }
}

function isCacheable(headers: Headers): boolean {
  return headers.get("cache-control")?.startsWith("public") === true;
}

/**
 * Pages of listed origins may read `/v1`; JSON-RPC of a node never answers another site's page. A
 * city is everybody's, and reads no credentials.
 */
function allowOrigins(c: Context<ApiEnv>, deps: RpcDeps): void {
  if (deps.access.kind === "city") {
    c.res.headers.set("access-control-allow-origin", "*");
    c.res.headers.set("access-control-expose-headers", EXPOSED);
    return;
  }
  if (deps.access.origins.length === 0 || c.get("dialect") === "json-rpc") return;
  const { headers } = c.res;
  headers.append("vary", "Origin");
  const origin = allowedOrigin(c.req.raw.headers, deps.access);
  if (origin === undefined) return;
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", EXPOSED);
}

/** The caller's own name for a request, if it is one; else a new one. */
export function requestIdOf(
  given: string | undefined,
  { entropy }: Pick<RpcDeps, "entropy">,
): string {
  if (given !== undefined && REQUEST_ID.test(given)) return given;
  return Buffer.from(entropy.bytes(8)).toString("hex");
}
