import { bytesToHex } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalPush, isMinimalPush, plainPush, pushNumber } from "#shared/script/push.ts";
import { ScriptCursor } from "#shared/script/script-cursor.ts";
import { decodeScriptNumber, encodeScriptNumber } from "#shared/script/script-number.ts";

const sized = (size: number) => new Uint8Array(size).fill(0x55);

describe("pushes", () => {
  it.each([
    [0, "00"],
    [75, "4b"],
    [76, "4c4c"],
    [255, "4cff"],
    [256, "4d0001"],
    [65_535, "4dffff"],
    [65_536, "4e00000100"],
  ])("of %i bytes begin with %s, and are minimal so", (size, head) => {
    const push = plainPush(sized(size));
    expect(bytesToHex(push.subarray(0, push.length - size))).toBe(head);
    expect(canonicalPush(sized(size))).toEqual(push);
    const cursor = new ScriptCursor(push);
    expect(cursor.next()).toBe(true);
    expect(cursor.data).toEqual(sized(size));
    expect(isMinimalPush(cursor.code, sized(size))).toBe(true);
    expect([cursor.next(), cursor.truncated]).toEqual([false, false]);
  });

  it.each([
    [0x4c, 75],
    [0x4d, 75],
    [0x4d, 255],
    [0x4e, 255],
    [0x4e, 65_535],
    [0x4c, 0],
  ])("by opcode %i are not minimal for %i bytes", (code, size) => {
    expect(isMinimalPush(code, sized(size))).toBe(false);
  });

  it("of small numbers are opcodes of their own", () => {
    expect(canonicalPush(Uint8Array.of(16))).toEqual(Uint8Array.of(0x60));
    expect(canonicalPush(Uint8Array.of(0x81))).toEqual(Uint8Array.of(0x4f));
    expect(plainPush(Uint8Array.of(16))).toEqual(Uint8Array.of(1, 16));
    expect(isMinimalPush(1, Uint8Array.of(16))).toBe(false);
    expect(isMinimalPush(1, Uint8Array.of(0x81))).toBe(false);
    expect(isMinimalPush(1, Uint8Array.of(17))).toBe(true);
    expect(isMinimalPush(1, Uint8Array.of(0))).toBe(true);
    expect([0, -1, 1, 17, 128, -128].map((value) => bytesToHex(pushNumber(value)))).toEqual([
      "00",
      "4f",
      "51",
      "0111",
      "028000",
      "028080",
    ]);
  });

  it("that are cut off end a script before its end", () => {
    for (const bytes of [[5, 1, 2], [0x4c], [0x4d, 1], [0x4e, 1, 0, 0], [0x4d, 2, 0, 1]]) {
      const cursor = new ScriptCursor(Uint8Array.from(bytes));
      expect([cursor.next(), cursor.truncated], `${bytes}`).toEqual([false, true]);
    }
  });
});

describe("script numbers", () => {
  const lax = { minimal: false, sizeMax: 5 };
  const strict = { minimal: true, sizeMax: 4 };

  it("come back as they were written, in their shortest form", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 39) + 1, max: 2 ** 39 - 1 }), (value) => {
        const bytes = encodeScriptNumber(value);
        expect(decodeScriptNumber(bytes, { minimal: true, sizeMax: 5 })).toBe(value);
      }),
    );
  });

  it.each([
    [[], 0, 0],
    [[0x80], -0, undefined],
    [[0], 0, undefined],
    [[1, 0], 1, undefined],
    [[0xff, 0], 255, 255],
    [[0xff, 0x80], -255, -255],
    [[0xff, 0xff, 0xff, 0x7f], 2 ** 31 - 1, 2 ** 31 - 1],
    [[0, 0, 0, 0x80, 0], 2 ** 31, undefined],
    [[0xff, 0xff, 0xff, 0xff, 0xff], -(2 ** 39 - 1), undefined],
    [[0, 0, 0, 0, 0, 0], undefined, undefined],
  ])("read %j as %s, and strictly as %s", (bytes, value, minimal) => {
    expect(decodeScriptNumber(Uint8Array.from(bytes), lax)).toBe(value);
    expect(decodeScriptNumber(Uint8Array.from(bytes), strict)).toBe(minimal);
  });
});
