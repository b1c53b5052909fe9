import { describe, expect, it } from "vitest";
import { fromHex, parseHex, toHex } from "#shared/primitives/hex.ts";

describe("hex", () => {
  it("writes lower case and reads either", () => {
    expect(toHex(Uint8Array.of(0, 0xab, 0xff))).toBe("00abff");
    expect(fromHex("00abff")).toEqual(Uint8Array.of(0, 0xab, 0xff));
    expect(parseHex("00ABff")).toEqual(Uint8Array.of(0, 0xab, 0xff));
    expect(parseHex("")).toEqual(new Uint8Array(0));
  });

  it.each(["0", "0g", "0x00", " 00", "00 "])("refuses %j", (text) => {
    expect(parseHex(text)).toBeUndefined();
  });
});
