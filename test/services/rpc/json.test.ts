import { describe, expect, it } from "vitest";
import { bodyOf } from "#services/rpc/http/body-of.ts";
import { coinsText, exactCoins } from "#services/rpc/json/exact-number.ts";
import { parseHex, toHex } from "#services/rpc/json/hex.ts";
import { JSON_DEPTH_MAX, readJson } from "#services/rpc/json/read-json.ts";
import { STREAM_BYTES_FROM } from "#services/rpc/limits.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("exact numbers", () => {
  it.each([
    [0n, "0.00000000"],
    [1n, "0.00000001"],
    [-1n, "-0.00000001"],
    [-250_000_000n, "-2.50000000"],
    [100_000_000n, "1.00000000"],
    [30_000_000_000_000_000n, "300000000.00000000"],
    [9_223_372_036_854_775_807n, "92233720368.54775807"],
  ])("prints %s base units with eight places", (value, text) => {
    expect(coinsText(value)).toBe(text);
    expect(JSON.stringify({ value: exactCoins(value) })).toBe(`{"value":${text}}`);
  });
});

describe("reading JSON", () => {
  it("takes what JSON.parse takes", () => {
    expect(readJson(bytes('{"a":[1,-2.5,"x",null,true]}'))).toEqual({
      ok: true,
      value: { a: [1, -2.5, "x", null, true] },
    });
  });

  it.each(["9007199254740993", "1e400", "0.1234567890123456789", "12345678901234567890"])(
    "keeps the digits of %s",
    (text) => {
      const read = readJson(bytes(`{"id":${text}}`));
      expect(read.ok && JSON.stringify(read.value)).toBe(`{"id":${text}}`);
    },
  );

  it("leaves a number that a double holds as a number", () => {
    const read = readJson(bytes("[9007199254740991,0.5,1e3]"));
    expect(read.ok && read.value).toEqual([9_007_199_254_740_991, 0.5, 1_000]);
  });

  it("lets the last of two members with one name count", () => {
    expect(readJson(bytes('{"a":1,"a":2}'))).toEqual({ ok: true, value: { a: 2 } });
  });

  it("makes a member called __proto__ an ordinary one", () => {
    const read = readJson(bytes('{"__proto__":{"x":1}}'));
    expect(read.ok && Object.keys(Object(read.value))).toEqual(["__proto__"]);
    expect(Object.hasOwn(Object.prototype, "x")).toBe(false);
  });

  it("takes 64 levels and refuses 65, before parsing", () => {
    const nested = (depth: number) => bytes("[".repeat(depth) + "]".repeat(depth));
    expect(readJson(nested(JSON_DEPTH_MAX)).ok).toBe(true);
    expect(readJson(nested(JSON_DEPTH_MAX + 1))).toEqual({ ok: false, error: "nested too deeply" });
    expect(readJson(bytes("[".repeat(1_000_000)))).toEqual({
      ok: false,
      error: "nested too deeply",
    });
  });

  it("does not count brackets inside strings", () => {
    const text = JSON.stringify(`${"[".repeat(100)}"${"{".repeat(100)}\\`);
    expect(readJson(bytes(text)).ok).toBe(true);
  });

  it.each(["", "{", '{"a":', "hello", "[1,]", "'a'", "NaN", "\u0000"])("refuses %j", (text) => {
    expect(readJson(bytes(text))).toEqual({ ok: false, error: "not json" });
  });

  it("refuses bytes that are no UTF-8", () => {
    expect(readJson(Uint8Array.of(0x22, 0xff, 0x22))).toEqual({ ok: false, error: "not utf-8" });
  });
});

describe("a long answer", () => {
  it("is sent in pieces over 1 MiB, and no character is cut", async () => {
    const most = "x".repeat(STREAM_BYTES_FROM);
    expect(bodyOf(most)).toBe(most);
    for (const text of [
      `${most}x`,
      "😀".repeat(STREAM_BYTES_FROM / 2 + 1),
      `x${"é😀".repeat(400_000)}`,
    ]) {
      const body = bodyOf(text);
      expect(typeof body).toBe("object");
      expect((await new Response(body).text()) === text).toBe(true);
    }
  });
});

describe("hex", () => {
  it("is read in either case and written in lower case", () => {
    expect(toHex(parseHex("00FFaB") ?? new Uint8Array(0))).toBe("00ffab");
    expect(parseHex("")).toEqual(new Uint8Array(0));
  });

  it.each(["0", "0x00", "gg", "00 11", "zz00"])("refuses %j", (text) => {
    expect(parseHex(text)).toBeUndefined();
  });
});
