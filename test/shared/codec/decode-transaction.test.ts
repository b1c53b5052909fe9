import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTransaction, hashTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeTransaction } from "#shared/codec/encode-transaction.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import { anyTransaction } from "../../support/arbitraries.ts";
import { BITCOIN_WIRE, EXOS_WIRE } from "../../support/wires.ts";

const TIME = "00ca9a3b";
const INPUT = `${"11".repeat(32)}0000000000ffffffff`;
const OUTPUT = "0500000000000000015a";
const LOCK = "07000000";

function decode(hex: string, wire = EXOS_WIRE) {
  const result = decodeTransaction(hexToBytes(hex), wire);
  return result.ok ? result.value : result.error.message;
}

function plain(tx: Transaction): Transaction {
  return {
    version: tx.version,
    time: tx.time,
    inputs: tx.inputs.map((input) => ({
      prevout: { txid: tx0(input.prevout.txid), index: input.prevout.index },
      scriptSig: Uint8Array.from(input.scriptSig),
      sequence: input.sequence,
      witness: input.witness.map((item) => Uint8Array.from(item)),
    })),
    outputs: tx.outputs.map(({ value, scriptPubKey }) => ({
      value,
      scriptPubKey: Uint8Array.from(scriptPubKey),
    })),
    lockTime: tx.lockTime,
  };
}
const tx0 = <T extends Uint8Array>(bytes: T) => bytes.slice() as T;

describe("decodeTransaction", () => {
  it("reads the time after the version, and keeps what it read as the canonical bytes", () => {
    const hex = `01000000${TIME}01${INPUT}01${OUTPUT}${LOCK}`;
    const bytes = hexToBytes(`${hex}ffff`);
    const result = decodeTransaction(bytes, EXOS_WIRE);
    if (!result.ok) throw result.error;
    expect(result.value).toMatchObject({ version: 1, time: 1_000_000_000, lockTime: 7 });
    expect(result.value.outputs[0]).toMatchObject({ value: 5n });
    expect(result.value.raw.buffer).toBe(bytes.buffer);
    expect(bytesToHex(result.value.raw)).toBe(hex);
    expect(result.value.wtxid).toBe(result.value.txid);
    expect(result.value.txid).toEqual(hash256(hexToBytes(hex)));
  });

  it("hashes without witness for the txid and with it for the wtxid", () => {
    const stripped = `02000000${TIME}01${INPUT}01${OUTPUT}${LOCK}`;
    const full = `02000000${TIME}000101${INPUT}01${OUTPUT}0102abcd${LOCK}`;
    const tx = decode(full);
    expect(tx).toMatchObject({
      txid: hash256(hexToBytes(stripped)),
      wtxid: hash256(hexToBytes(full)),
      sizeStripped: stripped.length / 2,
      sizeTotal: full.length / 2,
      inputs: [{ witness: [hexToBytes("abcd")] }],
    });
  });

  it("reads no time on Bitcoin's wire", () => {
    expect(decode(`02000000000101${INPUT}01${OUTPUT}0100${LOCK}`, BITCOIN_WIRE)).toMatchObject({
      time: 0,
      inputs: [{ witness: [new Uint8Array(0)] }],
    });
  });

  it.each([
    [`01000000${TIME}0000${LOCK}`, "no inputs and no outputs, by flag 0", 0],
    [`01000008${TIME}0001${OUTPUT}${LOCK}`, "no inputs by the mark in the version", 1],
  ])("reads %s as %s", (hex, _why, outputs) => {
    const tx = decode(hex);
    expect(tx).toMatchObject({ version: 1, inputs: [], sizeTotal: hex.length / 2 });
    expect(tx).toHaveProperty("outputs.length", outputs);
  });

  it("hashes a marked version without the mark", () => {
    const tx = decode(`01000008${TIME}0001${OUTPUT}${LOCK}`);
    const stripped = hexToBytes(`01000000${TIME}0001${OUTPUT}${LOCK}`);
    expect(tx).toMatchObject({ txid: hash256(stripped), sizeStripped: stripped.length });
  });

  it("drops the mark where there are no outputs either, as writing it again would", () => {
    const bare = `01000000${TIME}0000${LOCK}`;
    expect(decode(`01000008${TIME}0000${LOCK}`)).toMatchObject({ raw: hexToBytes(bare) });
  });

  it("leaves the marked bit alone where inputs follow, and on Bitcoin's wire", () => {
    expect(decode(`01000008${TIME}01${INPUT}01${OUTPUT}${LOCK}`)).toMatchObject({
      version: 0x0800_0001,
    });
    expect(decode(`010000080000${LOCK}`, BITCOIN_WIRE)).toMatchObject({ version: 0x0800_0001 });
  });

  it.each([
    [`01000000${TIME}0002${INPUT}`, "unknown flag 2 at byte 9"],
    [`01000000${TIME}000301${INPUT}01${OUTPUT}0100${LOCK}`, "unknown flag 3 at byte 9"],
    [
      `01000000${TIME}000101${INPUT}01${OUTPUT}00${LOCK}`,
      "witnesses announced, none given at byte 63",
    ],
    [`01000000${TIME}00010001${OUTPUT}${LOCK}`, "witnesses announced, none given at byte 22"],
  ])("refuses %s: %s", (hex, message) => {
    expect(decode(hex)).toBe(message);
  });

  it("hashes the shortest form of what was written longer than needed", () => {
    const canonical = `01000000${TIME}01${INPUT}01${OUTPUT}${LOCK}`;
    const long = `01000000${TIME}fd0100${INPUT}01${OUTPUT}${LOCK}`;
    expect(decode(long)).toMatchObject({
      raw: hexToBytes(canonical),
      txid: hash256(hexToBytes(canonical)),
      sizeTotal: canonical.length / 2,
    });
    expect(decode(long.replace(TIME, ""), BITCOIN_WIRE)).toMatch("longer than needed");
  });

  it("is the inverse of encoding, on both wires", () => {
    for (const wire of [EXOS_WIRE, BITCOIN_WIRE]) {
      // On Bitcoin's wire outputs without inputs read as a flag, in Bitcoin Core too.
      const inputsMin = wire.transactionTime ? 0 : 1;
      fc.assert(
        fc.property(anyTransaction({ time: wire.transactionTime, inputsMin }), (tx) => {
          // The reference reads no witness form of a version that has its mark of itself.
          fc.pre((tx.version & 0x0800_0000) === 0);
          const bytes = encodeTransaction(tx, wire, { witness: true });
          const result = decodeTransaction(bytes, wire);
          if (!result.ok) throw result.error;
          expect(plain(result.value)).toEqual(tx);
          expect(result.value).toEqual(hashTransaction(tx, wire));
        }),
      );
    }
  });

  it("answers a fault with an offset for every truncation, and throws for no bytes", () => {
    const bytes = hexToBytes(`02000000${TIME}000101${INPUT}01${OUTPUT}0102abcd${LOCK}`);
    for (let size = 0; size < bytes.length; size++) {
      const result = decodeTransaction(bytes.subarray(0, size), EXOS_WIRE);
      expect(result.ok, `cut at ${size}`).toBe(false);
      if (!result.ok) expect(result.error.offset).toBeLessThanOrEqual(size);
    }
    for (const wire of [EXOS_WIRE, BITCOIN_WIRE]) {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
          decodeTransaction(noise, wire);
        }),
      );
    }
  });
});
