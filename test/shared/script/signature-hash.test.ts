import { bytesToHex } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { hash256 } from "#shared/crypto/hashes.ts";
import { amount, unixSeconds } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import { HashType, signatureHash, witnessSignatureHash } from "#shared/script/signature-hash.ts";

const input = (index: number, sequence: number) => ({
  prevout: { txid: zeroHash(), index },
  scriptSig: Uint8Array.of(9, 9),
  sequence,
  witness: [],
});
const tx: Transaction = {
  version: 1,
  time: unixSeconds(0x01020304),
  inputs: [input(0, 7), input(1, 8)],
  outputs: [{ value: amount(5n), scriptPubKey: Uint8Array.of(0x51) }],
  lockTime: 3,
};
const scriptCode = Uint8Array.of(0xab, 0xac);
const { ALL, NONE, SINGLE, ANYONECANPAY } = HashType;

/** The digest of what is written here in words: `.` between fields means nothing. */
function digestOf(text: string): string {
  const hex = text.replaceAll(".", "").replaceAll("P", "00".repeat(32));
  return bytesToHex(hash256(Uint8Array.from(Buffer.from(hex, "hex"))));
}

describe("signatureHash", () => {
  const sign = (index: number, hashType: number, timed: boolean) =>
    bytesToHex(signatureHash({ tx, index, scriptCode, hashType }, timed));
  const head = "01000000.04030201";
  const first = "P.00000000.01ac.07000000";
  const second = "P.01000000.00.08000000";
  const output = "01.0500000000000000.0151";

  it("covers version, time, inputs, outputs, lock time and type, and no code separator", () => {
    const all = `${head}.02.${first}.${second}.${output}.03000000.01000000`;
    expect(sign(0, ALL, true)).toBe(digestOf(all));
    expect(sign(0, ALL, false)).toBe(digestOf(all.replace(".04030201", "")));
  });

  it("frees outputs and the sequences of others, or one output is kept", () => {
    const freed = second.replace("08000000", "00000000");
    expect(sign(0, NONE, true)).toBe(digestOf(`${head}.02.${first}.${freed}.00.03000000.02000000`));
    expect(sign(0, SINGLE, true)).toBe(
      digestOf(`${head}.02.${first}.${freed}.${output}.03000000.03000000`),
    );
    const later = { ...tx, outputs: [...tx.outputs, ...tx.outputs] };
    const context = { tx: later, index: 1, scriptCode, hashType: SINGLE };
    const blank = "02.ffffffffffffffff.00.0500000000000000.0151";
    const own = "P.01000000.01ac.08000000";
    const others = "P.00000000.00.00000000";
    expect(bytesToHex(signatureHash(context, true))).toBe(
      digestOf(`${head}.02.${others}.${own}.${blank}.03000000.03000000`),
    );
  });

  it("covers one input alone where anyone may pay, with every bit of the type", () => {
    expect(sign(0, ALL | ANYONECANPAY, true)).toBe(
      digestOf(`${head}.01.${first}.${output}.03000000.81000000`),
    );
    expect(sign(0, 0xffff_ff80, false)).toBe(
      digestOf(`01000000.01.${first}.${output}.03000000.80ffffff`),
    );
  });

  it("is the number one without an input, or without the one output that it keeps", () => {
    const one = `01${"00".repeat(31)}`;
    expect(sign(2, ALL, true)).toBe(one);
    expect(sign(1, SINGLE, true)).toBe(one);
    expect(sign(1, SINGLE | ANYONECANPAY, true)).toBe(one);
    expect(sign(1, NONE, true)).not.toBe(one);
  });
});

describe("witnessSignatureHash", () => {
  const sign = (index: number, hashType: number) =>
    bytesToHex(witnessSignatureHash({ tx, index, scriptCode, hashType }, 6n));
  const prevouts = digestOf("P.00000000.P.01000000");
  const sequences = digestOf("07000000.08000000");
  const outputs = digestOf("0500000000000000.0151");
  const own = "P.00000000.02abac.0600000000000000.07000000";
  const other = "P.01000000.02abac.0600000000000000.08000000";

  it("covers what BIP143 says, and never the time", () => {
    expect(sign(0, ALL)).toBe(
      digestOf(`01000000.${prevouts}.${sequences}.${own}.${outputs}.03000000.01000000`),
    );
    expect(sign(0, NONE)).toBe(digestOf(`01000000.${prevouts}.P.${own}.P.03000000.02000000`));
    expect(sign(0, SINGLE)).toBe(
      digestOf(`01000000.${prevouts}.P.${own}.${outputs}.03000000.03000000`),
    );
    expect(sign(1, SINGLE)).toBe(digestOf(`01000000.${prevouts}.P.${other}.P.03000000.03000000`));
    expect(sign(0, ALL | ANYONECANPAY)).toBe(
      digestOf(`01000000.P.P.${own}.${outputs}.03000000.81000000`),
    );
  });

  it("is not asked about an input that is not there", () => {
    expect(() => sign(2, ALL)).toThrow(RangeError);
  });
});
