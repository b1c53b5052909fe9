import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { encodeCompactVarInt, readCompactVarInt } from "#shared/codec/compact-var-int.ts";
import { decodeWhole } from "#shared/codec/decode-whole.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { loadVectors } from "../../support/vectors.ts";

const vectors = loadVectors<{ compactVarInt: { cases: [number, string][] } }>("exos-vectors.json");

const decode = (bytes: Uint8Array) => decodeWhole(bytes, readCompactVarInt);

it.skipIf(vectors === undefined)("writes and reads compact numbers as the reference does", () => {
  const cases = vectors?.compactVarInt.cases ?? [];
  for (const [value, hex] of cases) {
    expect(bytesToHex(encodeCompactVarInt(BigInt(value))), `${value}`).toBe(hex);
    expect(decode(hexToBytes(hex)), hex).toEqual({ ok: true, value: BigInt(value) });
  }
  reportVectors({ name: "exos-vectors.json#compactVarInt", run: cases.length });
});

it("reads back every number of 64 bits, and refuses the next", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (value) => {
      expect(decode(encodeCompactVarInt(value))).toEqual({ ok: true, value });
    }),
  );
  expect(decode(encodeCompactVarInt(2n ** 64n - 1n))).toMatchObject({ ok: true });
  expect(decode(encodeCompactVarInt(2n ** 64n))).toMatchObject({ ok: false, error: { offset: 0 } });
});

it("refuses what never ends", () => {
  expect(decode(new Uint8Array(20).fill(0xff))).toMatchObject({ ok: false });
  expect(decode(Uint8Array.of(0x80))).toMatchObject({ ok: false, error: { offset: 1 } });
});
