import { setImmediate } from "node:timers/promises";
import type { PeerEnd, Session } from "#services/ingest/connections/peer-link.ts";
import type { Ingest } from "#services/ingest/core.ts";
import { decodeFrameHead, FRAME_HEAD_BYTES } from "#shared/codec/messages/frame.ts";
import { decodeInventory } from "#shared/codec/messages/inventory.ts";
import { decodeLocator, decodeVersionedLocator } from "#shared/codec/messages/locator.ts";
import { dialectOf } from "#shared/p2p/dialect.ts";
import { FrameReader } from "#shared/p2p/frame-reader.ts";
import { payloadLimits } from "#shared/p2p/message-limits.ts";
import type { Connection } from "#shared/ports/transport.ts";
import { headersPayload, type MessageCorpus } from "./message-corpus.ts";
import { ipv4 } from "./peer-driver.ts";

/** A message on its way to the node. */
export interface Message {
  readonly command: string;
  readonly payload: Uint8Array;
}

/** What is read before the handshake is done. */
export const EARLY_COMMANDS: ReadonlySet<string> = new Set(["version", "verack", "reject", "ping"]);
/** Headers of one answer. */
const HEADERS_MAX = 2_000;
/** Answers that wait to be given; a node that asks for more is told nothing. */
const ANSWERS_MAX = 64;
const PAUSE_MS_MAX = 20_000;

/** Where one message went. */
export interface Arrival {
  readonly command: string;
  /** Whether the handshake was done. */
  readonly ready: boolean;
}

/**
 * One connection to a node that is driven by hand: bytes in, and what the node asks for is
 * remembered with its true answer.
 */
export class FuzzedSession {
  readonly answers: Message[] = [];
  readonly arrivals: Arrival[] = [];
  end: PeerEnd | undefined;
  readonly #corpus: MessageCorpus;
  readonly #session: Session;
  /** Reads what the node reads, so that it is known what its handlers saw. */
  readonly #shadow: FrameReader;
  readonly #commands: ReadonlyMap<string, number>;
  #receive: (bytes: Uint8Array) => void = () => undefined;
  #onClose: () => void = () => undefined;
  #paused = false;
  #closed = false;

  constructor(corpus: MessageCorpus, ingest: Pick<Ingest, "open">, id: number) {
    const { network } = corpus;
    const dialect = dialectOf(network);
    this.#corpus = corpus;
    this.#commands = payloadLimits(dialect);
    this.#shadow = new FrameReader(network.magic, this.#commands);
    this.#session = ingest.open({
      id,
      connection: this.#connection(),
      kind: "inbound",
      whitelisted: false,
      identity: {
        inbound: true,
        services: dialect.services,
        servicesWanted: 0n,
        userAgent: "/fuzzed/",
        relay: true,
        nonce: 7n,
        pingNonce: 1n,
        local: ipv4("127.0.0.1"),
        remote: ipv4("127.0.0.1", 40_000),
        advertised: undefined,
      },
      ready: () => undefined,
      learned: () => undefined,
      addresses: () => [ipv4("10.0.0.1")],
      end: (end) => {
        this.end = end;
        this.close();
      },
      mayUpload: () => true,
    });
    this.#onClose = () => this.#session.closed();
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose();
  }

  /** Give the node bytes, and wait while it reads no more. @throws RangeError when it never does */
  async push(bytes: Uint8Array): Promise<void> {
    const { stage } = this.#session.status();
    for (const event of this.#shadow.push(bytes)) {
      if (event.kind !== "message" || !this.#commands.has(event.command)) continue;
      const ready = stage === "ready";
      if (ready || EARLY_COMMANDS.has(event.command))
        this.arrivals.push({ command: event.command, ready });
    }
    this.#receive(bytes);
    const started = performance.now();
    while (this.#paused && !this.#closed) {
      await setImmediate();
      if (performance.now() - started > PAUSE_MS_MAX)
        throw new RangeError("the node reads no more");
    }
  }

  #connection(): Connection {
    const here = { host: "127.0.0.1", port: 1 };
    return {
      remote: here,
      local: here,
      inbound: true,
      write: (frame) => {
        this.#heard(frame);
        return true;
      },
      drained: async () => undefined,
      onData: (receive) => {
        this.#receive = receive;
      },
      pause: () => {
        this.#paused = true;
      },
      resume: () => {
        this.#paused = false;
      },
      onClose: () => undefined,
      close: () => this.close(),
      traffic: () => ({ sentBytes: 0, receivedBytes: 0 }),
    };
  }

  /** Remember the true answer to a message of the node. */
  #heard(frame: Uint8Array): void {
    const head = decodeFrameHead(frame.subarray(0, FRAME_HEAD_BYTES));
    if (!head.ok || this.answers.length >= ANSWERS_MAX) return;
    const payload = frame.subarray(FRAME_HEAD_BYTES);
    switch (head.value.command) {
      case "ping":
        this.answers.push({ command: "pong", payload: payload.slice() });
        break;
      case "getprovhdr":
        this.#answerHeaders(decodeLocator(payload), true);
        break;
      case "getheaders":
        this.#answerHeaders(decodeVersionedLocator(payload), false);
        break;
      case "getdata":
        this.#answerData(payload);
        break;
      default:
    }
  }

  #answerHeaders(asked: ReturnType<typeof decodeLocator>, proven: boolean): void {
    if (!asked.ok) return;
    const { chain, tip } = this.#corpus;
    const { hashes, stop } = asked.value;
    const heights = chain.after(hashes, { stop, tip, countMax: HEADERS_MAX }) ?? [];
    const command = proven ? "provhdr" : "headers";
    this.answers.push({ command, payload: headersPayload(this.#corpus, heights, proven) });
  }

  #answerData(payload: Uint8Array): void {
    const { chain } = this.#corpus;
    const items = decodeInventory(payload);
    if (!items.ok) return;
    for (const { hash } of items.value.slice(0, ANSWERS_MAX)) {
      const at = chain.heightOf(hash);
      if (at !== undefined) this.answers.push({ command: "block", payload: chain.raw(at) });
    }
  }
}
