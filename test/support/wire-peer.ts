import { createTcpTransport } from "#shared/adapters/embedded/tcp-transport.ts";
import { encodeFrame } from "#shared/codec/messages/frame.ts";
import { encodeVersion } from "#shared/codec/messages/version-message.ts";
import type { Network } from "#shared/consensus/params.ts";
import { dialectOf } from "#shared/p2p/dialect.ts";
import { FrameReader } from "#shared/p2p/frame-reader.ts";
import { payloadLimits } from "#shared/p2p/message-limits.ts";
import type { Connection, Endpoint, Listener } from "#shared/ports/transport.ts";

const NOWHERE = { services: 1n, ip: new Uint8Array(16), port: 0 };

export interface WireMessage {
  readonly command: string;
  readonly payload: Uint8Array;
}

/** A peer that does what its test says, message by message, and remembers what it was sent. */
export class WirePeer implements Disposable {
  readonly received: WireMessage[] = [];
  isClosed = false;
  /** What it does beside remembering. */
  onMessage: (message: WireMessage) => void = () => undefined;
  readonly #network: Network;
  readonly #connection: Connection;
  #wake: () => void = () => undefined;

  private constructor(network: Network, connection: Connection) {
    this.#network = network;
    this.#connection = connection;
    const frames = new FrameReader(network.magic, payloadLimits(dialectOf(network)));
    connection.onData((piece) => {
      for (const event of frames.push(piece)) {
        if (event.kind !== "message") continue;
        this.received.push(event);
        this.onMessage(event);
      }
      this.#wake();
    });
    connection.onClose(() => {
      this.isClosed = true;
      this.#wake();
    });
  }

  /** Dial, and say nothing. */
  static async knock(network: Network, to: Endpoint): Promise<WirePeer> {
    const signal = AbortSignal.timeout(60_000);
    return new WirePeer(network, await createTcpTransport().dial(to, signal));
  }

  /** Dial, and shake hands. @param options what to say of itself */
  static async dial(
    network: Network,
    to: Endpoint,
    options: { readonly version?: number; readonly height?: number; readonly time?: number } = {},
  ): Promise<WirePeer> {
    const peer = await WirePeer.knock(network, to);
    peer.#greet(options);
    await peer.next("version");
    peer.send("verack");
    await peer.next("verack");
    return peer;
  }

  /** Wait for whoever dials, greet everybody alike, and say nothing more. */
  static async listen(
    network: Network,
    options: { readonly height: number; readonly time: number },
  ): Promise<Listener> {
    return createTcpTransport().listen({ host: "127.0.0.1", port: 0 }, (connection) => {
      const peer = new WirePeer(network, connection);
      peer.onMessage = ({ command }) => {
        if (command !== "version") return;
        peer.#greet(options);
        peer.send("verack");
      };
    });
  }

  #greet(options: { readonly version?: number; readonly height?: number; readonly time?: number }) {
    this.send(
      "version",
      encodeVersion({
        version: options.version ?? 70_012,
        services: dialectOf(this.#network).services,
        time: BigInt(options.time ?? 0),
        receiver: NOWHERE,
        sender: NOWHERE,
        nonce: BigInt(Math.floor(Math.random() * 2 ** 40)),
        userAgent: "/wire/",
        startHeight: options.height ?? 0,
        relay: true,
      }),
    );
  }

  send(command: string, payload: Uint8Array = new Uint8Array(0)): void {
    this.#connection.write(encodeFrame(this.#network.magic, command, payload));
  }

  /** Bytes as they are, which need be no message. */
  raw(bytes: Uint8Array): void {
    this.#connection.write(bytes);
  }

  /** Read nothing any more. */
  pause(): void {
    this.#connection.pause();
  }

  /** Where the other side sees it. */
  get local(): Endpoint {
    return this.#connection.local;
  }

  /** Resolves once the other side closed it. */
  async closed(): Promise<void> {
    await this.next("nothing is called so");
  }

  /** The first message of this command that was not taken yet; `undefined` when it was closed. */
  async next(
    command: string,
    is: (payload: Uint8Array) => boolean = () => true,
  ): Promise<Uint8Array | undefined> {
    for (;;) {
      const at = this.received.findIndex((one) => one.command === command && is(one.payload));
      const [found] = at === -1 ? [] : this.received.splice(at, 1);
      if (found !== undefined) return found.payload;
      if (this.isClosed) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
