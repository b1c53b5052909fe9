import type { Clock } from "#shared/ports/clock.ts";
import { NetFault } from "#shared/ports/net-fault.ts";
import type { Connection, Endpoint } from "#shared/ports/transport.ts";

/** What two ends of a simulated connection go through. */
export interface MemoryLink {
  readonly clock: Clock;
  /** An end that leaves more than this unread is cut off. */
  readonly unsentBytesMax: number;
  /** Milliseconds after which copies of the next message arrive: none, one or two. */
  fate(from: Endpoint, to: Endpoint): readonly number[];
  opened(): void;
  closed(): void;
}

const HIGH_WATER_BYTES = 1 << 20;

/** The end of the stream travels as the last message, behind all data; a reset instead of it. */
type Message = Uint8Array | "end" | "reset";

/** One direction: messages on their way, in order, and who receives them. */
class Lane {
  readonly #link: MemoryLink;
  readonly #waiting: { readonly at: number; readonly message: Message }[] = [];
  readonly #drained = new Set<() => void>();
  #lastAt = 0;
  #pumping = false;
  #dropped = false;
  unreadBytes = 0;
  paused = true;
  receive: (message: Message) => void = () => undefined;

  constructor(link: MemoryLink) {
    this.#link = link;
  }

  send(message: Message, delays: readonly number[]): void {
    if (this.#dropped) return;
    for (const delay of delays) {
      this.#lastAt = Math.max(this.#lastAt, this.#link.clock.elapsedMs() + delay);
      this.#waiting.push({ at: this.#lastAt, message });
      if (message instanceof Uint8Array) this.unreadBytes += message.length;
    }
    this.pump();
  }

  /** What is on its way never arrives; the receiver hears of it, if it is still there. */
  reset(): void {
    this.#waiting.length = 0;
    this.unreadBytes = 0;
    this.send("reset", [0]);
    this.#wake();
  }

  /** Nothing more arrives here. */
  drop(): void {
    this.#dropped = true;
    this.#waiting.length = 0;
    this.unreadBytes = 0;
    this.#wake();
  }

  drained(): Promise<void> {
    if (this.unreadBytes < HIGH_WATER_BYTES) return Promise.resolve();
    return new Promise((resolve) => this.#drained.add(resolve));
  }

  pump(): void {
    if (this.#pumping || this.paused) return;
    this.#pumping = true;
    // Never inside of the caller's own write: no stream answers before it was sent.
    void this.#deliver().finally(() => {
      this.#pumping = false;
      if (this.#waiting.length > 0) this.pump();
    });
  }

  async #deliver(): Promise<void> {
    await Promise.resolve();
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const late = next.at - this.#link.clock.elapsedMs();
      if (late > 0) await this.#link.clock.sleep(late);
      if (this.paused) return;
      // A lane that was dropped meanwhile is empty.
      if (this.#waiting[0] !== next) continue;
      this.#waiting.shift();
      if (next.message instanceof Uint8Array) this.unreadBytes -= next.message.length;
      this.receive(next.message);
      if (this.unreadBytes < HIGH_WATER_BYTES) this.#wake();
    }
  }

  #wake(): void {
    for (const resolve of this.#drained) resolve();
    this.#drained.clear();
  }
}

/** One end of a simulated connection. */
class MemoryConnection implements Connection {
  readonly remote: Endpoint;
  readonly local: Endpoint;
  readonly inbound: boolean;
  readonly #link: MemoryLink;
  readonly #out: Lane;
  readonly #in: Lane;
  #sentBytes = 0;
  #receivedBytes = 0;
  #open = true;
  #ended: { readonly fault: NetFault | undefined } | undefined;
  #closed: ((fault: NetFault | undefined) => void) | undefined;

  constructor(
    ends: Pick<Connection, "remote" | "local" | "inbound">,
    lanes: { readonly out: Lane; readonly in: Lane },
    link: MemoryLink,
  ) {
    this.remote = ends.remote;
    this.local = ends.local;
    this.inbound = ends.inbound;
    this.#link = link;
    this.#out = lanes.out;
    this.#in = lanes.in;
    link.opened();
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#open) return false;
    this.#sentBytes += bytes.length;
    this.#out.send(bytes.slice(), this.#link.fate(this.local, this.remote));
    if (this.#out.unreadBytes > this.#link.unsentBytesMax) {
      const fault = new NetFault("a peer does not read what it is sent", { reason: "not reading" });
      this.#out.reset();
      this.#end(fault);
    }
    return this.#out.unreadBytes < HIGH_WATER_BYTES;
  }

  drained(): Promise<void> {
    return this.#open ? this.#out.drained() : Promise.resolve();
  }

  onData(receive: (bytes: Uint8Array) => void): void {
    this.#in.receive = (message) => {
      if (message === "reset") {
        this.#end(new NetFault("connection to a peer: reset", { reason: "reset" }));
      } else if (message === "end") {
        this.#out.send("end", [0]);
        this.#end(undefined);
      } else if (this.#open) {
        this.#receivedBytes += message.length;
        receive(message);
      }
    };
    this.resume();
  }

  pause(): void {
    this.#in.paused = true;
  }

  resume(): void {
    this.#in.paused = false;
    this.#in.pump();
  }

  onClose(closed: (fault: NetFault | undefined) => void): void {
    this.#closed = closed;
    if (this.#ended !== undefined) closed(this.#ended.fault);
  }

  close(): void {
    if (!this.#open) return;
    this.#out.send("end", [0]);
    this.#end(undefined);
  }

  traffic() {
    return { sentBytes: this.#sentBytes, receivedBytes: this.#receivedBytes };
  }

  #end(fault: NetFault | undefined): void {
    if (!this.#open) return;
    this.#open = false;
    this.#in.drop();
    this.#link.closed();
    queueMicrotask(() => {
      this.#ended = { fault };
      this.#closed?.(fault);
    });
  }
}

/** Both ends of a connection that `from` opened: its own, and the other's. */
export function memoryPair(
  from: Endpoint,
  to: Endpoint,
  link: MemoryLink,
): readonly [Connection, Connection] {
  const [there, back] = [new Lane(link), new Lane(link)];
  return [
    new MemoryConnection(
      { remote: to, local: from, inbound: false },
      { out: there, in: back },
      link,
    ),
    new MemoryConnection(
      { remote: from, local: to, inbound: true },
      { out: back, in: there },
      link,
    ),
  ];
}
