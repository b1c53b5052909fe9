import type { Socket } from "node:net";
import { NetFault } from "#shared/ports/net-fault.ts";
import type { Connection, Endpoint } from "#shared/ports/transport.ts";
import { netFaultOf } from "./net-fault-of.ts";

/** How much one connection may keep in memory, and how long it may take to end. */
export interface SocketLimits {
  /** From here on `write` asks its caller to wait. */
  readonly highWaterBytes: number;
  /** A peer that leaves more than this unread is cut off. */
  readonly unsentBytesMax: number;
  /** What was written before `close` has this long to leave. */
  readonly closeGraceMs: number;
}

/** A block of 4 MB goes through at once, and eight of them are more than any peer may owe us. */
export const SOCKET_LIMITS: SocketLimits = {
  highWaterBytes: 1 << 20,
  unsentBytesMax: 32 << 20,
  closeGraceMs: 2_000,
};

/** IPv4 inside of IPv6, as a socket that listens for both kinds reports it, is plain IPv4. */
export function plainHost(address: string | undefined): string {
  const host = (address ?? "").toLowerCase();
  return host.startsWith("::ffff:") && host.includes(".") ? host.slice(7) : host;
}

/** What a socket is made into: which side opened it, and the name it was dialled by, if any. */
export interface SocketSide {
  readonly inbound: boolean;
  /** Where it leads, if the socket itself leads to a proxy. */
  readonly remote?: Endpoint;
  readonly limits: SocketLimits;
}

/** A connection over an open socket, which is its own from here on. */
export function socketConnection(socket: Socket, side: SocketSide): Connection {
  const { limits } = side;
  const remote = side.remote ?? {
    host: plainHost(socket.remoteAddress),
    port: socket.remotePort ?? 0,
  };
  const local = { host: plainHost(socket.localAddress), port: socket.localPort ?? 0 };
  // What was said to a proxy before is no part of the connection.
  const [sentBefore, receivedBefore] = [socket.bytesWritten, socket.bytesRead];
  const waiting = new Set<() => void>();
  let fault: NetFault | undefined;
  let state: "open" | "closing" | "closed" = "open";
  let closed: ((fault: NetFault | undefined) => void) | undefined;

  const wake = () => {
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  const cut = (why: NetFault) => {
    fault ??= why;
    state = "closing";
    socket.destroy();
  };
  socket.setNoDelay(true);
  socket.pause();
  socket.on("drain", wake);
  socket.on("error", (cause) => {
    fault ??= netFaultOf(cause, "connection to a peer");
  });
  socket.once("close", () => {
    state = "closed";
    wake();
    closed?.(fault);
  });

  return {
    remote,
    local,
    inbound: side.inbound,
    write(bytes) {
      if (state !== "open") return false;
      socket.write(bytes);
      if (socket.writableLength > limits.unsentBytesMax) {
        cut(new NetFault("a peer does not read what it is sent", { reason: "not reading" }));
      }
      return socket.writableLength < limits.highWaterBytes;
    },
    drained() {
      if (state !== "open" || !socket.writableNeedDrain) return Promise.resolve();
      return new Promise((resolve) => waiting.add(resolve));
    },
    onData(receive) {
      socket.on("data", (chunk: Uint8Array) => {
        if (state === "open") {
          receive(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
        }
      });
      socket.resume();
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    onClose(callback) {
      closed = callback;
      if (state === "closed") callback(fault);
    },
    close() {
      if (state !== "open") return;
      state = "closing";
      // Unread data would keep the end of the stream from being seen.
      socket.resume();
      socket.end();
      const grace = setTimeout(() => socket.destroy(), limits.closeGraceMs);
      socket.once("close", () => clearTimeout(grace));
    },
    traffic: () => ({
      sentBytes: socket.bytesWritten - sentBefore,
      receivedBytes: socket.bytesRead - receivedBefore,
    }),
  };
}
