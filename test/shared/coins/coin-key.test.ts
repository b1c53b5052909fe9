import { expect, it } from "vitest";
import { coinKeyOfChunk, decodeCoinKey, encodeCoinKey, txidOfKey } from "#shared/coins/coin-key.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { txidOf } from "../../support/coin-chain.ts";

it("a coin's key is the transaction and the chunk, as text and as bytes", () => {
  const key = coinKeyOfChunk(txidOf("a"), 0xffff);
  expect(decodeCoinKey(encodeCoinKey(key))).toBe(key);
  expect(txidOfKey(key)).toEqual(txidOf("a"));
});

it("what is none is refused", () => {
  expect(() => coinKeyOfChunk(txidOf("a"), 0x1_0000)).toThrow("chunk 65536");
  expect(() => coinKeyOfChunk(new Uint8Array(31) as Hash256, 0)).toThrow(RangeError);
  expect(() => decodeCoinKey(new Uint8Array(33))).toThrow("33 bytes");
});
