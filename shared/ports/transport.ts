import type { NetFault } from "./net-fault.ts";

/** One end of a connection, or where one can be opened. */
export interface Endpoint {
  /** An IPv4 or IPv6 address without brackets, as short as it can be written, or a name. */
  readonly host: string;
  /** 1 to 65,535; 0 only to listen, for any free one. */
  readonly port: number;
}

/** Bytes that went through one connection so far. */
export interface Traffic {
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/**
 * A stream of bytes in both directions. Bytes arrive in the order they were written, whole or up to
 * where the connection broke; how they are cut into pieces means nothing.
 */
export interface Connection {
  readonly remote: Endpoint;
  readonly local: Endpoint;
  /** Whether the other side opened it. */
  readonly inbound: boolean;
  /**
   * Send bytes, which nobody changes any more. They are taken in any case; a peer that lets more
   * than the transport's limit pile up has its connection closed as "not reading".
   * @returns `false` above the high-water mark: wait for `drained` before sending more
   */
  write(bytes: Uint8Array): boolean;
  /** Resolves once what waits to be sent is little, or the connection is closed. Never rejects. */
  drained(): Promise<void>;
  /** The one who receives. Nothing is read from the network before; pieces are its to keep. */
  onData(receive: (bytes: Uint8Array) => void): void;
  /** Stop reading, so that the sender has to wait; what arrived already may still be delivered. */
  pause(): void;
  resume(): void;
  /**
   * Called once, after the last piece of data, at once if it is closed already.
   * `fault` is `undefined` where either side closed in an orderly way.
   */
  onClose(closed: (fault: NetFault | undefined) => void): void;
  /** Send what was written, for at most two seconds, then close; nothing is delivered any more. */
  close(): void;
  traffic(): Traffic;
}

/** What accepts connections. Disposing of it leaves the accepted ones open. */
export interface Listener extends AsyncDisposable {
  /** With the real port, where 0 was asked. */
  readonly local: Endpoint;
}

/**
 * Connections to other nodes.
 *
 * Implementations: `adapters/embedded/{tcp,socks,memory,partitioned}-transport.ts`. Each passes
 * `test/ports/transport.contract.ts`.
 */
export interface Transport {
  /**
   * Open a connection, within five seconds (twenty through a proxy).
   * @throws NetFault why it did not open; "aborted" when the signal said so
   */
  dial(endpoint: Endpoint, signal: AbortSignal): Promise<Connection>;
  /**
   * Accept connections. `accept` gives the connection a receiver before it returns, or closes it.
   * @throws NetFault "address in use", "address not ours" or "not allowed"
   */
  listen(endpoint: Endpoint, accept: (connection: Connection) => void): Promise<Listener>;
}
