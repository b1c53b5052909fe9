import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { NetFault } from "#shared/ports/net-fault.ts";
import type { Endpoint, Listener, Transport } from "#shared/ports/transport.ts";
import { netFaultOf } from "./net-fault-of.ts";
import {
  plainHost,
  SOCKET_LIMITS,
  type SocketLimits,
  socketConnection,
} from "./socket-connection.ts";

/** Limits of a socket, and of opening one. */
export interface TcpLimits extends SocketLimits {
  readonly connectTimeoutMs: number;
}

const TCP_LIMITS: TcpLimits = { ...SOCKET_LIMITS, connectTimeoutMs: 5_000 };

/** Wait until a socket is connected. @throws NetFault */
export async function connected(socket: Socket, what: string, signal: AbortSignal): Promise<void> {
  try {
    await once(socket, "connect", { signal });
  } catch (cause) {
    socket.destroy();
    const timeout = signal.reason instanceof DOMException && signal.reason.name === "TimeoutError";
    if (signal.aborted && timeout)
      throw new NetFault(`${what}: timeout`, { reason: "timeout", cause });
    throw netFaultOf(cause, what);
  }
}

async function bind(server: Server, endpoint: Endpoint): Promise<void> {
  try {
    server.listen({ host: endpoint.host, port: endpoint.port });
    await once(server, "listening");
  } catch (cause) {
    throw netFaultOf(cause, `listen on port ${endpoint.port} of ${endpoint.host}`);
  }
}

/** Machines without IPv6 have no `::`; every address of theirs is one of IPv4. */
async function bindAll(server: Server, endpoint: Endpoint): Promise<void> {
  try {
    await bind(server, endpoint);
  } catch (fault) {
    const without = fault instanceof NetFault && fault.reason === "address not ours";
    if (!without || endpoint.host !== "::") throw fault;
    await bind(server, { ...endpoint, host: "0.0.0.0" });
  }
}

function listenerOf(server: Server): Listener {
  const address = server.address();
  if (address === null || typeof address === "string") throw new RangeError("no TCP listener");
  return {
    local: { host: plainHost(address.address), port: address.port },
    async [Symbol.asyncDispose]() {
      // The server's own end would wait for every connection that it accepted.
      server.close();
    },
  };
}

/** Connections over sockets of this machine. `::` listens on every address of both kinds. */
export function createTcpTransport(limits: Partial<TcpLimits> = {}): Transport {
  const all = { ...TCP_LIMITS, ...limits };
  return {
    async dial(endpoint, signal) {
      if (signal.aborted) throw new NetFault("dialling was given up", { reason: "aborted" });
      const socket = connect({ host: endpoint.host, port: endpoint.port });
      const either = AbortSignal.any([signal, AbortSignal.timeout(all.connectTimeoutMs)]);
      await connected(socket, "dial a peer", either);
      return socketConnection(socket, { inbound: false, remote: endpoint, limits: all });
    },
    async listen(endpoint, accept) {
      const server = createServer({ pauseOnConnect: true }, (socket) =>
        accept(socketConnection(socket, { inbound: true, limits: all })),
      );
      await bindAll(server, endpoint);
      // A connection could not be accepted, mostly for want of descriptors. The caller sees it
      // refused or waits in the backlog; those that are open, and the next one, are not touched.
      server.on("error", () => undefined);
      return listenerOf(server);
    },
  };
}
