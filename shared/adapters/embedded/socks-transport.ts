import { connect } from "node:net";
import { SocksClient } from "socks";
import { NetFault, type NetFaultReason } from "#shared/ports/net-fault.ts";
import type { Connection, Endpoint, Transport } from "#shared/ports/transport.ts";
import { SOCKET_LIMITS, socketConnection } from "./socket-connection.ts";
import { connected } from "./tcp-transport.ts";

/** Where a SOCKS5 proxy is, and what goes past it. */
export interface SocksOptions {
  readonly proxy: Endpoint;
  /** Dials what the proxy is not asked for, and listens. */
  readonly direct: Transport;
  /** Whether a host is reached without the proxy; a proxy reaches no host of this machine. */
  isDirect(host: string): boolean;
}

/** Building a circuit takes its time. */
const DIAL_MS = 20_000;

/** What the proxy says, in the words of RFC 1928, 6. */
const REASONS: readonly (readonly [RegExp, NetFaultReason])[] = [
  [/ConnectionRefused/, "refused"],
  [/HostUnreachable|NetworkUnreachable/, "unreachable"],
  [/TTLExpired|timed out/, "timeout"],
  [/NotAllowed/, "not allowed"],
];

function reasonOf(cause: unknown): NetFaultReason {
  const message = cause instanceof Error ? cause.message : "";
  return REASONS.find(([sign]) => sign.test(message))?.[1] ?? "proxy failed";
}

/**
 * Connections that a SOCKS5 proxy opens. Names go to the proxy as they are, `.onion` ones too, so
 * nothing of them is asked of this machine's resolver. Listening is not proxied.
 */
export function createSocksTransport({ proxy, direct, isDirect }: SocksOptions): Transport {
  return {
    listen: (endpoint, accept) => direct.listen(endpoint, accept),
    async dial(endpoint, signal) {
      if (isDirect(endpoint.host)) return direct.dial(endpoint, signal);
      if (signal.aborted) throw new NetFault("dialling was given up", { reason: "aborted" });
      const limit = AbortSignal.any([signal, AbortSignal.timeout(DIAL_MS)]);
      return dialThrough(proxy, endpoint, limit, signal);
    },
  };
}

async function dialThrough(
  proxy: Endpoint,
  endpoint: Endpoint,
  limit: AbortSignal,
  asked: AbortSignal,
): Promise<Connection> {
  const socket = connect({ host: proxy.host, port: proxy.port });
  await connected(socket, "reach the proxy", limit);
  const giveUp = () => socket.destroy();
  limit.addEventListener("abort", giveUp, { once: true });
  try {
    await SocksClient.createConnection({
      command: "connect",
      destination: { host: endpoint.host, port: endpoint.port },
      proxy: { host: proxy.host, port: proxy.port, type: 5 },
      timeout: DIAL_MS,
      existing_socket: socket,
    });
  } catch (cause) {
    socket.destroy();
    const early = asked.aborted ? "aborted" : limit.aborted ? "timeout" : undefined;
    const reason = early ?? reasonOf(cause);
    throw new NetFault(`dial a peer through the proxy: ${reason}`, { reason, cause });
  } finally {
    limit.removeEventListener("abort", giveUp);
  }
  return socketConnection(socket, { inbound: false, remote: endpoint, limits: SOCKET_LIMITS });
}
