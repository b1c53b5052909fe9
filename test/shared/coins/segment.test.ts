import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodeFault, Reader } from "#shared/codec/reader.ts";
import {
  encodeSegmentHead,
  encodeSegmentRecord,
  readSegmentHead,
  readSegmentRecord,
  recordOffset,
  SEGMENT_HEAD_BYTES,
  SEGMENT_RECORD_BYTES,
  segmentEnd,
  segmentOf,
} from "#shared/coins/segment.ts";
import { height, unixSeconds } from "#shared/primitives/brand.ts";
import { headerRecord } from "../../support/header-records.ts";

const head = { first: height(4_000), count: 1_000, sha256: new Uint8Array(32).fill(7) };
const points = Array.from({ length: 2 }, (_, at) => ({
  bits: headerRecord(undefined, 1).header.bits,
  time: unixSeconds(1_600_000_000 + at),
}));
const base = headerRecord(headerRecord(undefined, 1), 250);
/** As long as a record gets. */
const longest = {
  ...base,
  context: {
    times: Array.from({ length: 11 }, (_, at) => unixSeconds(1_500_000_000 + at)),
    last: { work: points, stake: points },
    deployments: Array.from({ length: 16 }, () => ({ state: "active" as const, signals: 2_016 })),
  },
};

describe("a segment's head", () => {
  it("is 48 bytes that begin with EXSG, and reads back", () => {
    const bytes = encodeSegmentHead(head);
    expect(bytes.length).toBe(SEGMENT_HEAD_BYTES);
    expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe("EXSG");
    expect(readSegmentHead(new Reader(bytes))).toEqual(head);
  });

  it.each([0, 3, 4])("is refused when byte %i is another", (at) => {
    const bytes = encodeSegmentHead(head);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    expect(() => readSegmentHead(new Reader(bytes))).toThrow(DecodeFault);
  });
});

describe("a segment's record", () => {
  it("has one size, whatever is in it, and reads back", () => {
    for (const record of [base, longest]) {
      const entry = { offset: 0xffff_fff0, length: 4_194_304, record };
      const bytes = encodeSegmentRecord(entry);
      expect(bytes.length).toBe(SEGMENT_RECORD_BYTES);
      const reader = new Reader(bytes);
      expect(readSegmentRecord(reader)).toEqual(entry);
      expect(reader.left).toBe(0);
    }
  });

  it("reads no bytes into anything but a record or a DecodeFault", () => {
    const bytes = fc.uint8Array({ minLength: 0, maxLength: SEGMENT_RECORD_BYTES });
    fc.assert(
      fc.property(bytes, (any) => {
        try {
          readSegmentRecord(new Reader(any));
        } catch (cause) {
          expect(cause).toBeInstanceOf(DecodeFault);
        }
      }),
    );
  });

  it("ends where the next begins, and before the first there is none", () => {
    const ends = [segmentEnd(998), segmentEnd(999), segmentEnd(2_500), segmentEnd(11, 5)];
    expect(ends).toEqual([-1, 999, 1_999, 9]);
  });

  it("lies where its height says", () => {
    expect([segmentOf(0), segmentOf(999), segmentOf(1_000), segmentOf(12, 5)]).toEqual([
      0, 0, 1, 2,
    ]);
    expect([recordOffset(0), recordOffset(2)]).toEqual([48, 48 + 2 * 416]);
  });
});
