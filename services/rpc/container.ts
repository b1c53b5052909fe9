import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { createCityRouter } from "#services/rpc/city-router.ts";
import { createApi, type Surface } from "#services/rpc/core.ts";
import type { RpcDeps } from "#services/rpc/deps.ts";
import { readIncoming } from "#services/rpc/http/read-incoming.ts";
import {
  CONNECTIONS_MAX,
  EDGE_CONNECTIONS_MAX,
  HEADER_BYTES_MAX,
  HEADER_SECONDS_MAX,
  REQUEST_SECONDS_MAX,
} from "#services/rpc/limits.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

/** Where one listener stands; port 0 lets the system choose. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** Both listeners while they listen. Dispose of it to answer what is in flight and stop. */
export interface RpcListeners extends AsyncDisposable {
  readonly httpPort: number;
  readonly rpcPort: number;
}

/** Milliseconds that answers in flight may take once a stop began. */
const DRAIN_MS = 5_000;

/** The node that answers, and those that answer below `/c/<city>` of the same listener. */
export interface Answering {
  readonly deps: RpcDeps;
  /**
   * The node as its operator sees it, where others see a city: then the second listener is his, and
   * answers everything.
   */
  readonly own?: RpcDeps | undefined;
  /** By their three letters. */
  readonly cities?: ReadonlyMap<string, RpcDeps>;
}

/**
 * Listen for HTTP and JSON-RPC.
 * @throws StoreFault `EXOS-E0006` when a port is taken; nothing listens then
 */
export async function listen(
  { deps, own, cities = new Map() }: Answering,
  where: { readonly http: Listen; readonly rpc: Listen },
): Promise<RpcListeners> {
  await using opened = new AsyncDisposableStack();
  const http = await openListener(
    createCityRouter(deps, cities),
    "http",
    where.http,
    deps.access.door === undefined ? limitConnections : limitAllConnections,
  );
  opened.defer(() => drain(http));
  const hasOwn = own !== undefined && own !== deps;
  const second = hasOwn ? createApi(own) : createApi(deps, "rpc");
  const rpc = await openListener(second, "rpc", where.rpc, limitConnections);
  opened.defer(() => drain(rpc));
  const held = opened.move();
  return {
    httpPort: portOf(http),
    rpcPort: portOf(rpc),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function openListener(
  api: Pick<ReturnType<typeof createApi>, "fetch">,
  surface: Surface,
  where: Listen,
  limit: (server: Server) => void,
): Promise<Server> {
  const answer = getRequestListener(
    (request, { incoming }) =>
      api.fetch(request, {
        peer: incoming.socket.remoteAddress,
        readBody: (bytesMax) => readIncoming(incoming, bytesMax),
      }),
    // Requests and responses that are plain objects until somebody looks inside: half the cost.
    { overrideGlobalObjects: true },
  );
  const server = createServer(
    {
      // A little more than the limit, so that the API itself can say which one it is.
      maxHeaderSize: 2 * HEADER_BYTES_MAX,
      headersTimeout: HEADER_SECONDS_MAX * 1000,
      requestTimeout: REQUEST_SECONDS_MAX * 1000,
      connectionsCheckingInterval: 1_000,
    },
    (incoming, outgoing) => void answer(incoming, outgoing),
  );
  limit(server);
  server.listen(where.port, where.host);
  try {
    await once(server, "listening");
  } catch (cause) {
    const key = `${surface}port`;
    const message = `Cannot listen on ${where.host}:${where.port} (${key}): ${reasonOf(cause)}`;
    throw new StoreFault(message, { retryable: false, code: "EXOS-E0006", cause });
  }
  return server;
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
  return code === "EADDRINUSE" ? "another program listens there" : code;
}

/** One address may hold so many connections; the next one is closed. */
function limitConnections(server: Server): void {
  const open = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const peer = socket.remoteAddress ?? "";
    const count = (open.get(peer) ?? 0) + 1;
    if (count > CONNECTIONS_MAX) {
      socket.destroy();
      return;
    }
    open.set(peer, count);
    socket.once("close", () => {
      const left = (open.get(peer) ?? 1) - 1;
      if (left === 0) open.delete(peer);
      else open.set(peer, left);
    });
  });
}

/**
 * Before a city behind the edge stands a proxy, so all callers are one address. What each of them
 * may hold is counted under the name that the edge gives it.
 */
function limitAllConnections(server: Server): void {
  server.maxConnections = EDGE_CONNECTIONS_MAX;
}

function portOf(server: Server): number {
  // A TCP server that listens has an address of this form.
  return (server.address() as AddressInfo).port;
}

/** Take nothing new, answer what is in flight, then close what is left. */
async function drain(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
}
