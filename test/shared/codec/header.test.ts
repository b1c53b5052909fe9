import { hexToBytes } from "@noble/hashes/utils.js";
import { expect, it } from "vitest";
import { decodeHeader, encodeHeader, hashHeader } from "#shared/codec/header.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import { x13 } from "#shared/crypto/x13.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { BITCOIN_WIRE, EXOS_WIRE } from "../../support/wires.ts";

const BITCOIN_BLOCK_1 = hexToBytes(
  "010000006fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000982051fd1e4ba744bbbe" +
    "680e1fee14677ba1a3c3540bf7b1cdb606e857233e0e61bc6649ffff001d01e36299",
);

function decode(bytes: Uint8Array) {
  const result = decodeHeader(bytes);
  if (!result.ok) throw result.error;
  return result.value;
}

it("reads the six fields of 80 bytes and writes them back", () => {
  const header = decode(BITCOIN_BLOCK_1);
  expect(header).toMatchObject({
    version: 1,
    time: 1231469665,
    bits: 0x1d00ffff,
    nonce: 2573394689,
  });
  expect(encodeHeader(header)).toEqual(BITCOIN_BLOCK_1);
  expect(decodeHeader(BITCOIN_BLOCK_1.subarray(0, 79))).toMatchObject({
    ok: false,
    error: { offset: 76 },
  });
});

it("reads the version with its sign", () => {
  const header = decode(BITCOIN_BLOCK_1.with(3, 0xff));
  expect(header.version).toBe(0xff000001 - 2 ** 32);
  expect(encodeHeader(header)).toEqual(BITCOIN_BLOCK_1.with(3, 0xff));
});

it("hashes every header of Bitcoin's wire twice by SHA-256", () => {
  expect(toHashHex(hashHeader(decode(BITCOIN_BLOCK_1), BITCOIN_WIRE))).toBe(
    "00000000839a8e6886ab5951d76f411475428afc90947ee320161bbf18eb6048",
  );
});

it("hashes a header of EXOS likewise from version 7 on", () => {
  const header = decode(BITCOIN_BLOCK_1.with(0, 7));
  expect(hashHeader(header, EXOS_WIRE)).toEqual(hashHeader(header, BITCOIN_WIRE));
});

it("hashes an older header of EXOS by X13, by the sign of its version too", () => {
  for (const version of [6, 1, 0x80000007 - 2 ** 32]) {
    const header = decode(encodeHeader({ ...decode(BITCOIN_BLOCK_1), version }));
    expect(hashHeader(header, EXOS_WIRE)).toEqual(x13(header.bytes));
    expect(hashHeader(header, BITCOIN_WIRE)).toEqual(hash256(header.bytes));
  }
});
