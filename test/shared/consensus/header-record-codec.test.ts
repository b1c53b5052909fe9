import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodeFault, Reader } from "#shared/codec/reader.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { encodeHeaderRecord, readHeaderRecord } from "#shared/consensus/header-record-codec.ts";
import { headerRecord } from "../../support/header-records.ts";

const genesis = headerRecord(undefined, 0);
const record = headerRecord(genesis, 5);
const states = ["defined", "started", "lockedIn", "active", "failed"] as const;

function withContext(change: Partial<HeaderRecord["context"]>): HeaderRecord {
  return { ...record, context: { ...record.context, ...change } };
}

describe("the encoding of header records", () => {
  it.each([
    ["genesis", genesis],
    ["a header", record],
    ["every state", withContext({ deployments: states.map((state) => ({ state, signals: 1 })) })],
    ["no deployments", withContext({ deployments: [] })],
    ["the largest work", { ...record, work: 2n ** 256n - 1n }],
  ])("gives back %s", (_, original) => {
    const bytes = encodeHeaderRecord(original);
    expect(readHeaderRecord(new Reader(bytes))).toEqual(original);
  });

  it("hands out hashes and a header that outlive the bytes they were read from", () => {
    const bytes = encodeHeaderRecord(record).slice();
    const read = readHeaderRecord(new Reader(bytes));
    bytes.fill(0);
    expect(read).toEqual(record);
  });

  it("refuses a work of more than 256 bits, or below zero", () => {
    expect(() => encodeHeaderRecord({ ...record, work: 2n ** 256n })).toThrow(RangeError);
    expect(() => encodeHeaderRecord({ ...record, work: -1n })).toThrow(RangeError);
  });

  it("refuses a context over 160 bytes", () => {
    const deployments = (count: number) =>
      Array.from({ length: count }, () => ({ state: "active", signals: 0 }) as const);
    const last = { work: [], stake: [] };
    const times = [...record.context.times];
    expect(times).toHaveLength(2);
    // 9 bytes of times, 2 of empty lists, 1 of the count, 5 each.
    const longest = withContext({ times, last, deployments: deployments(29) });
    expect(encodeHeaderRecord(longest)).toHaveLength(245 + 157);
    const over = withContext({ times, last, deployments: deployments(30) });
    expect(() => encodeHeaderRecord(over)).toThrow(RangeError);
  });

  it("meets bytes that are no record with a fault of decoding, never another", () => {
    const whole = encodeHeaderRecord(record);
    const readIt = (bytes: Uint8Array) => readHeaderRecord(new Reader(bytes));
    for (let length = 0; length < whole.length; length++) {
      expect(() => readIt(whole.slice(0, length)), `${length} bytes`).toThrow(DecodeFault);
    }
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const bytes = whole.slice();
        bytes[at] = value;
        try {
          readIt(bytes);
        } catch (cause) {
          expect(cause).toBeInstanceOf(DecodeFault);
        }
      }),
    );
  });
});
