import { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { writeBody } from "#services/rpc/http/function-door.ts";

/** A stream that takes so many pieces, and fails at the next or, if there is none, at its end. */
function failingAfter(count: number) {
  const taken: string[] = [];
  const fault = new RangeError("nobody reads");
  const stream = new Writable({
    write(piece: Uint8Array, _, done) {
      if (taken.length === count) return done(fault);
      taken.push(piece.toString());
      done();
    },
    final: (done) => done(fault),
  });
  return { stream, taken, fault };
}

/** @param left told that nobody wants the rest */
function pieces(texts: readonly string[], left?: () => void): Response {
  async function* all() {
    try {
      for (const text of texts) yield new TextEncoder().encode(text);
    } finally {
      left?.();
    }
  }
  return new Response(ReadableStream.from(all()));
}

describe("the body of an answer, to a stream that fails", () => {
  it.each([
    ["at its first piece", 0, []],
    ["in the middle", 1, ["one"]],
    ["at its end", 2, ["one", "two"]],
  ])("%s is written no further, and the process lives", async (_, count, expected) => {
    const { stream, taken, fault } = failingAfter(count);
    let isLeft = false;
    const body = pieces(["one", "two"], () => {
      isLeft = true;
    });
    await expect(writeBody(body, stream)).rejects.toBe(fault);
    // What is thrown of an event comes later, to whoever runs the process.
    await setImmediate();
    expect(taken).toEqual(expected);
    expect(isLeft).toBe(true);
  });

  it("is none, and the fault is told all the same", async () => {
    const { stream, fault } = failingAfter(0);
    await expect(writeBody(new Response(null), stream)).rejects.toBe(fault);
    await setImmediate();
  });

  it("is left where the stream fails without a word to whoever wrote", async () => {
    const fault = new RangeError("cut");
    const stream = new Writable({
      write() {
        this.destroy(fault);
      },
    });
    await expect(writeBody(pieces(["one"]), stream)).rejects.toBe(fault);
  });
});
