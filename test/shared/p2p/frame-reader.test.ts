import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, FRAME_HEAD_BYTES, PAYLOAD_BYTES_MAX } from "#shared/codec/messages/frame.ts";
import { Writer } from "#shared/codec/writer.ts";
import { type FrameEvent, FrameReader } from "#shared/p2p/frame-reader.ts";

const MAGIC = Uint8Array.of(0x4a, 0xdb, 0xea, 0xfc);
const LIMITS = new Map([
  ["ping", 8],
  ["block", PAYLOAD_BYTES_MAX],
]);

const reader = () => new FrameReader(MAGIC, LIMITS);
const join = (...parts: readonly Uint8Array[]) =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
const ping = (byte: number) => encodeFrame(MAGIC, "ping", new Uint8Array(8).fill(byte));

/** A head whose payload does not follow. */
function head(command: string, length: number): Uint8Array {
  const frame = encodeFrame(MAGIC, command, new Uint8Array(0)).slice(0, FRAME_HEAD_BYTES);
  frame.set(new Writer(4).u32(length).finish(), 16);
  return frame;
}

/** What comes of a stream that is cut at these places. */
function readIn(pieces: readonly Uint8Array[], from = reader()): FrameEvent[] {
  return pieces.flatMap((piece) => from.push(piece));
}

function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const length of [...lengths, bytes.length]) {
    pieces.push(bytes.slice(at, at + length));
    at += length;
  }
  return pieces;
}

describe("the frame reader", () => {
  it("gives a payload that lies in one piece as a view of it", () => {
    const bytes = ping(1);
    const [event] = reader().push(bytes);
    expect(event).toEqual({ kind: "message", command: "ping", payload: new Uint8Array(8).fill(1) });
    expect(event?.kind === "message" && event.payload.buffer).toBe(bytes.buffer);
  });

  it("joins a payload that comes byte by byte", () => {
    const payload = Uint8Array.from({ length: 300 }, (_, index) => index);
    const frame = encodeFrame(MAGIC, "block", payload);
    const events = readIn(Array.from(frame, (byte) => Uint8Array.of(byte)));
    expect(events).toEqual([{ kind: "message", command: "block", payload }]);
  });

  it("joins a payload that is longer than what is set aside at first", () => {
    const payload = Uint8Array.from({ length: 300_000 }, (_, index) => index * 7);
    const frame = encodeFrame(MAGIC, "block", payload);
    const events = readIn(cut(frame, [1000, 70_000, 70_000, 5]));
    expect(events).toEqual([{ kind: "message", command: "block", payload }]);
  });

  it("keeps a joined payload when the next one is read", () => {
    const from = reader();
    const [first] = readIn(
      cut(encodeFrame(MAGIC, "block", new Uint8Array(90).fill(1)), [60]),
      from,
    );
    readIn(cut(encodeFrame(MAGIC, "block", new Uint8Array(90).fill(2)), [60]), from);
    expect(first).toEqual({
      kind: "message",
      command: "block",
      payload: new Uint8Array(90).fill(1),
    });
  });

  it("skips garbage before the magic, and half a magic too", () => {
    const events = readIn([join(Uint8Array.of(0x4a, 0xdb, 0x4a, 0x4a, 0xdb), ping(1))]);
    expect(events).toMatchObject([{ command: "ping" }]);
  });

  it("skips a message of another network", () => {
    const other = encodeFrame(Uint8Array.of(1, 2, 3, 4), "ping", new Uint8Array(8));
    expect(readIn([join(other, ping(2))])).toHaveLength(1);
  });

  it("gives up on a stream of nothing but garbage", () => {
    const garbage = new Uint8Array(PAYLOAD_BYTES_MAX + 1);
    const from = reader();
    expect(from.push(garbage.subarray(1))).toEqual([]);
    expect(from.push(garbage.subarray(0, 1))).toEqual([
      { kind: "unreadable", reason: "message unreadable" },
    ]);
    expect(from.push(ping(1))).toEqual([]);
  });

  it("counts garbage anew after each message", () => {
    const garbage = new Uint8Array(PAYLOAD_BYTES_MAX);
    const events = readIn([garbage, ping(1), garbage, ping(2)]);
    expect(events.map(({ kind }) => kind)).toEqual(["message", "message"]);
  });

  it("takes a payload of 4 MiB and no longer one", () => {
    const whole = encodeFrame(MAGIC, "block", new Uint8Array(PAYLOAD_BYTES_MAX));
    expect(reader().push(whole)).toMatchObject([{ kind: "message" }]);
    expect(reader().push(head("block", PAYLOAD_BYTES_MAX + 1))).toEqual([
      { kind: "unreadable", reason: "message too long" },
    ]);
  });

  it("refuses a payload longer than its command's, before it comes", () => {
    expect(reader().push(head("ping", 8))).toEqual([]);
    expect(reader().push(head("ping", 9))).toEqual([
      { kind: "unreadable", reason: "message too long" },
    ]);
  });

  it("tells of an unknown command without its payload, whatever its checksum", () => {
    const unknown = join(head("foobar", 5), new Uint8Array(5));
    expect(readIn(cut(join(unknown, ping(3)), [26]))).toEqual([
      { kind: "message", command: "foobar", payload: new Uint8Array(0) },
      { kind: "message", command: "ping", payload: new Uint8Array(8).fill(3) },
    ]);
  });

  it("gives a message without a payload as soon as its head is there", () => {
    const from = reader();
    const frame = encodeFrame(MAGIC, "block", new Uint8Array(0));
    expect(from.push(frame.subarray(0, 23))).toEqual([]);
    expect(from.push(frame.subarray(23))).toHaveLength(1);
  });

  it("stops at a wrong checksum, in one piece or in several", () => {
    const wrong = ping(1);
    wrong.set([9], FRAME_HEAD_BYTES);
    for (const pieces of [[wrong], cut(wrong, [30])]) {
      const from = reader();
      expect(readIn([...pieces, ping(2)], from)).toEqual([
        { kind: "unreadable", reason: "checksum wrong" },
      ]);
    }
  });

  it("reads the same messages however the stream is cut", () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((payload) => encodeFrame(MAGIC, "block", payload)),
      fc.uint8Array({ minLength: 8, maxLength: 8 }).map((one) => encodeFrame(MAGIC, "ping", one)),
      fc.uint8Array({ maxLength: 60 }).map((payload) => encodeFrame(MAGIC, "other", payload)),
      fc.uint8Array({ maxLength: 30 }),
      fc.constant(MAGIC.subarray(0, 3)),
    );
    const streams = fc.tuple(
      fc.array(part, { maxLength: 8 }),
      fc.array(fc.nat(100), { maxLength: 40 }),
    );
    fc.assert(
      fc.property(streams, ([parts, lengths]) => {
        const stream = join(...parts);
        expect(readIn(cut(stream, lengths))).toEqual(readIn([stream]));
      }),
    );
  });

  it("never throws, and ends at most once", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 })), (pieces) => {
        const events = readIn(pieces.map((piece) => join(MAGIC, piece)));
        const ends = events.filter(({ kind }) => kind === "unreadable");
        expect(ends.length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
