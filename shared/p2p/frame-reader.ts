import {
  decodeFrameHead,
  FRAME_HEAD_BYTES,
  type FrameHead,
  isIntact,
  PAYLOAD_BYTES_MAX,
} from "#shared/codec/messages/frame.ts";

/** What is wrong with the bytes of a stream. */
export type FrameFault = "message unreadable" | "checksum wrong" | "message too long";

/** What a stream turned out to hold: a whole message, or the end of all understanding. */
export type FrameEvent =
  | { readonly kind: "message"; readonly command: string; readonly payload: Uint8Array }
  | { readonly kind: "unreadable"; readonly reason: FrameFault };

/** Set aside at first for a payload that does not come in one piece; it grows as bytes arrive. */
const BUFFER_BYTES = 65_536;
/** Bytes between two messages that belong to none. */
const GARBAGE_BYTES_MAX = PAYLOAD_BYTES_MAX;

/**
 * Messages out of a stream that is cut anywhere. What stands before the magic is skipped, byte by
 * byte; an unknown command's payload is skipped without being kept. Never more is allocated than
 * twice what has arrived.
 *
 * @source exos-l1.md 7.1
 */
export class FrameReader {
  readonly #magic: Uint8Array;
  readonly #limits: ReadonlyMap<string, number>;
  readonly #headBytes = new Uint8Array(FRAME_HEAD_BYTES);
  #headLength = 0;
  #garbage = 0;
  /** Of the payload that is being read. */
  #head: FrameHead | undefined;
  #buffer = new Uint8Array(0);
  #arrived = 0;
  #ended = false;

  /** @param limits most bytes of a payload by command; other commands are skipped */
  constructor(magic: Uint8Array, limits: ReadonlyMap<string, number>) {
    this.#magic = magic;
    this.#limits = limits;
  }

  /**
   * Take the next piece. A payload that lies in it as a whole is a view of it, not a copy; after
   * "unreadable" nothing more is read.
   */
  push(piece: Uint8Array): readonly FrameEvent[] {
    const events: FrameEvent[] = [];
    let at = 0;
    while (!this.#ended && (at < piece.length || this.#isWhole())) {
      if (this.#head === undefined) at = this.#readHead(piece, at, events);
      else at = this.#readPayload(this.#head, piece, at, events);
    }
    return events;
  }

  /** Whether a payload is complete without another byte, as an empty one is. */
  #isWhole(): boolean {
    return this.#head !== undefined && this.#arrived === this.#head.length;
  }

  #readHead(piece: Uint8Array, from: number, events: FrameEvent[]): number {
    let at = from;
    while (at < piece.length && this.#headLength < FRAME_HEAD_BYTES) {
      if (this.#headLength === 0) at = this.#skipGarbage(piece, at);
      if (at === piece.length) break;
      // Byte by byte up to the end of the magic, then all at once.
      const wanted =
        this.#headLength < this.#magic.length ? 1 : FRAME_HEAD_BYTES - this.#headLength;
      const part = piece.subarray(at, at + wanted);
      this.#headBytes.set(part, this.#headLength);
      this.#headLength += part.length;
      at += part.length;
      while (!this.#isMagic()) this.#skipByte();
    }
    if (this.#garbage > GARBAGE_BYTES_MAX) this.#fail("message unreadable", events);
    else if (this.#headLength === FRAME_HEAD_BYTES) this.#begin(events);
    return at;
  }

  /** To the next byte that can begin the magic, many times as fast as byte by byte. */
  #skipGarbage(piece: Uint8Array, from: number): number {
    const found = piece.indexOf(Number(this.#magic[0]), from);
    const at = found < 0 ? piece.length : found;
    this.#garbage += at - from;
    return at;
  }

  /** Whether what was read of the head begins as the magic does. */
  #isMagic(): boolean {
    const length = Math.min(this.#headLength, this.#magic.length);
    for (let index = 0; index < length; index++) {
      if (this.#headBytes[index] !== this.#magic[index]) return false;
    }
    return true;
  }

  #skipByte(): void {
    this.#headBytes.copyWithin(0, 1, this.#headLength);
    this.#headLength--;
    this.#garbage++;
  }

  #begin(events: FrameEvent[]): void {
    // A copy: the head is remembered while the next bytes of the stream are read over it.
    const head = decodeFrameHead(this.#headBytes.slice());
    this.#headLength = 0;
    this.#garbage = 0;
    this.#arrived = 0;
    const limit = head.ok ? (this.#limits.get(head.value.command) ?? PAYLOAD_BYTES_MAX) : 0;
    if (head.ok && head.value.length <= limit) this.#head = head.value;
    else this.#fail("message too long", events);
  }

  #readPayload(head: FrameHead, piece: Uint8Array, at: number, events: FrameEvent[]): number {
    const end = Math.min(piece.length, at + head.length - this.#arrived);
    const part = piece.subarray(at, end);
    const isSkipped = !this.#limits.has(head.command);
    const before = this.#arrived;
    this.#arrived += part.length;
    if (this.#arrived < head.length) {
      if (!isSkipped) this.#keep(head, part, before);
      return end;
    }
    if (isSkipped) events.push({ kind: "message", command: head.command, payload: EMPTY });
    else if (before === 0) this.#finish(head, part, events);
    else {
      this.#keep(head, part, before);
      this.#finish(head, this.#buffer.subarray(0, head.length), events);
    }
    this.#head = undefined;
    this.#buffer = EMPTY;
    return end;
  }

  #keep(head: FrameHead, part: Uint8Array, at: number): void {
    const needed = at + part.length;
    if (needed > this.#buffer.length) {
      const size = Math.min(head.length, Math.max(BUFFER_BYTES, 2 * needed));
      const grown = new Uint8Array(size);
      grown.set(this.#buffer.subarray(0, at));
      this.#buffer = grown;
    }
    this.#buffer.set(part, at);
  }

  #finish(head: FrameHead, payload: Uint8Array, events: FrameEvent[]): void {
    if (isIntact(head, payload)) {
      events.push({ kind: "message", command: head.command, payload });
    } else this.#fail("checksum wrong", events);
  }

  #fail(reason: FrameFault, events: FrameEvent[]): void {
    this.#ended = true;
    this.#buffer = EMPTY;
    events.push({ kind: "unreadable", reason });
  }
}

const EMPTY = new Uint8Array(0);
