import { type Context, Hono } from "hono";
import type { RpcDeps } from "#services/rpc/deps.ts";
import { answerCacheable } from "#services/rpc/http/answer-cacheable.ts";
import { charge } from "#services/rpc/http/charge.ts";
import { checkHeadSize } from "#services/rpc/http/check-size.ts";
import { checkHost } from "#services/rpc/http/cross-site.ts";
import { answerEvents, EVENTS_PATH } from "#services/rpc/http/events-door.ts";
import { answerFault, answerUnrouted } from "#services/rpc/http/fallbacks.ts";
import { type ApiEnv, finish, requestIdOf } from "#services/rpc/http/finish.ts";
import { answerJsonRpc } from "#services/rpc/http/json-rpc-door.ts";
import { answerPost } from "#services/rpc/http/post-door.ts";
import { createReadyDoor } from "#services/rpc/http/ready-door.ts";
import { RPC_PATHS, refuseRequest } from "#services/rpc/http/refuse-rpc.ts";
import { answerRoute } from "#services/rpc/http/route-door.ts";
import { traceRequest } from "#services/rpc/http/trace-request.ts";
import type { JsonRpcServer } from "#services/rpc/json-rpc/json-rpc-server.ts";
import { createLoginCheck, type LoginCheck, orToken } from "#services/rpc/json-rpc/login.ts";
import { answerOperations, OPERATIONS_PATHS } from "#services/rpc/operations.ts";
import type { Refusal } from "#services/rpc/problems.ts";
import { loadRoute } from "#services/rpc/routes/load-route.ts";
import { OPERATION_IDS, PLACES, type Place } from "#services/rpc/routes/places.ts";
import { createSession } from "#services/rpc/session.ts";
import { lazy } from "#shared/primitives/lazy.ts";

/** Which listener a request came in by: everything, or JSON-RPC alone. */
export type Surface = "http" | "rpc";

/** Every dialect on one origin: a function from request to response, without a socket. */
export function createApi(deps: RpcDeps, surface: Surface = "http"): Hono<ApiEnv> {
  const api = new Hono<ApiEnv>();
  const rpc = {
    server: lazy(() => openJsonRpc(deps)),
    login: createLoginCheck(deps.access.logins),
  };

  const admit = createReadyDoor(deps);
  const isCity = deps.access.kind === "city";

  api.use("*", async (c, next) => {
    c.set("started", deps.clock.elapsedMs());
    c.set("requestId", requestIdOf(c.req.header("x-request-id"), deps));
    c.set("session", createSession(deps));
    await traceRequest(c, deps, async () => {
      try {
        const refusal =
          checkHeadSize(c.req.raw) ??
          (await checkOrigin(c.req.raw.headers, deps)) ??
          (isOperations(c.req.path) ? undefined : charge(c, 1, deps)) ??
          (isCity ? await admit(c) : undefined);
        if (refusal === undefined) await next();
        else c.res = refuseRequest(c.req, refusal);
      } catch (fault) {
        // What a route throws was answered before; this was thrown while it was decided who may ask.
        if (!(fault instanceof Error)) throw fault;
        c.res = answerFault(c, fault, deps);
      }
      await finish(c, deps);
    });
  });

  const verbs = new Map<string, string>();
  for (const path of RPC_PATHS) {
    verbs.set(path, "POST");
    api.post(path, (c) => answerJsonRpc(c, rpc, deps));
  }
  if (surface === "http") mountReads(api, deps, { verbs, login: orToken(rpc.login) });

  api.notFound((c) => answerUnrouted(c, verbs, deps));
  api.onError((fault, c: Context<ApiEnv>) => answerFault(c, fault, deps));
  return api;
}

/** Loaded with its methods for the first call: whoever asks `/v1`, or for health, needs none of it. */
async function openJsonRpc(deps: RpcDeps): Promise<JsonRpcServer> {
  const { JsonRpcServer } = await import("#services/rpc/json-rpc/json-rpc-server.ts");
  return new JsonRpcServer(deps, await deps.methods());
}

/** Whoever looks after a node may do so at any time. */
function isOperations(path: string): boolean {
  return OPERATIONS_PATHS.some((known) => known === path);
}

/** Whether the name it was sent to is ours, or, at a city, whether it came by the edge. */
async function checkOrigin(headers: Headers, { access }: RpcDeps): Promise<Refusal | undefined> {
  return access.kind === "node" ? checkHost(headers, access) : access.door?.check(headers);
}

function mountReads(
  api: Hono<ApiEnv>,
  deps: RpcDeps,
  { verbs, login }: { readonly verbs: Map<string, string>; readonly login: LoginCheck },
): void {
  const isCity = deps.access.kind === "city";
  for (const operationId of OPERATION_IDS) {
    const place: Place = PLACES[operationId];
    if (isCity && place.reach === "local") continue;
    const path = place.path.replaceAll(/\{(\w+)\}/g, ":$1");
    const isPost = place.method === "post";
    const answer = isPost ? answerPost : answerRoute;
    verbs.set(path, isPost ? "POST" : "GET, HEAD");
    api[place.method](path, async (c) =>
      answer(c, { route: await loadRoute(operationId), login }, deps),
    );
  }
  mountDocument(api, deps);
  verbs.set("/v1/openapi.json", "GET, HEAD");
  verbs.set(EVENTS_PATH, "GET, HEAD");
  api.get(EVENTS_PATH, (c) => answerEvents(c, deps));
  for (const path of OPERATIONS_PATHS) {
    // Numbers of one process of many say nothing: a city has its own service for them.
    if (isCity && path === "/metrics") continue;
    verbs.set(path, "GET, HEAD");
    api.get(path, (c) => answerOperations(c, path, deps));
  }
}

/** Made when somebody asks: 30 ms, and a package, that a start does not need. */
function mountDocument(api: Hono<ApiEnv>, deps: RpcDeps): void {
  const isCity = deps.access.kind === "city";
  let document: string | undefined;
  api.get("/v1/openapi.json", async (c) => {
    c.set("route", "/v1/openapi.json");
    c.set("dialect", "v1");
    if (document === undefined) {
      const { ROUTES } = await import("#services/rpc/routes/all.ts");
      const { openApiDocument } = await import("#services/rpc/open-api.ts");
      const { operationRoutes } = await import("#services/rpc/operations-document.ts");
      const routes = ROUTES.filter(({ reach }) => !isCity || reach === "public");
      const operations = operationRoutes().filter(({ path }) => !isCity || path !== "/metrics");
      const configs = [...routes.map((route) => route.config()), ...operations];
      document = JSON.stringify(openApiDocument(configs, deps.version));
    }
    return answerCacheable(c, document, { kind: "recent" });
  });
}
