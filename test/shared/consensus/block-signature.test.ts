import { secp256k1 } from "@noble/curves/secp256k1.js";
import { describe, expect, it } from "vitest";
import { checkBlockSignature } from "#shared/consensus/rules/check-block-signature.ts";
import { checkSignatureForm } from "#shared/consensus/rules/check-signature-form.ts";
import { signingKey } from "#shared/consensus/signing-key.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import { fromHex } from "#shared/primitives/hex.ts";
import { output, signDigest, signer } from "../../support/block-builder.ts";

const OWNER = signer(1);
const hash = hash256(Uint8Array.of(1));
const der = signDigest(hash, OWNER);

/** DER of two integers given as they are. */
function derOf(r: readonly number[], s: readonly number[]): Uint8Array {
  const body = [2, r.length, ...r, 2, s.length, ...s];
  return Uint8Array.of(0x30, body.length, ...body);
}

const HALF = [...fromHex("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0")];
const ABOVE_HALF = HALF.with(-1, 0xa1);
const change = (at: number, byte: number) => derOf([1, 1], [1, 1]).with(at, byte);

describe("the form of a block signature", () => {
  it("is nothing in a block of work", () => {
    expect(checkSignatureForm(new Uint8Array(0), "work")).toBeUndefined();
    expect(checkSignatureForm(der, "work")?.code).toBe("bad-block-signature");
  });

  it.each([
    ["is a real signature", der, undefined],
    ["has s at half the order", derOf([1, 1], HALF), undefined],
    ["has s above it", derOf([1, 1], ABOVE_HALF), "bad-block-signature"],
    ["has s of zero", derOf([1, 1, 1], [0]), "bad-block-signature"],
    ["has 10 bytes", derOf([1, 1], [1, 1]), undefined],
    ["has 9 bytes", derOf([1, 1], [1]), undefined],
    ["has 8 bytes", derOf([1], [1]), "bad-block-signature"],
    ["has 73 bytes", derOf([1, ...new Array(34).fill(1)], HALF), undefined],
    ["has 74 bytes", derOf([1, ...new Array(35).fill(1)], HALF), "bad-block-signature"],
    ["has no bytes", new Uint8Array(0), "bad-block-signature"],
    ["has a byte after it", Uint8Array.of(...der, 1), "bad-block-signature"],
    ["is no sequence", change(0, 0x31), "bad-block-signature"],
    ["has a wrong length", change(1, 9), "bad-block-signature"],
    ["has no integer r", change(2, 3), "bad-block-signature"],
    ["has r beyond its end", change(3, 40), "bad-block-signature"],
    ["has no room for s", change(3, 5), "bad-block-signature"],
    ["has no integer s", change(6, 3), "bad-block-signature"],
    ["has s of another length", change(7, 3), "bad-block-signature"],
    ["has a negative r", derOf([0x80, 1], [1, 1]), "bad-block-signature"],
    ["has a zero too much in r", derOf([0, 1], [1, 1]), "bad-block-signature"],
    ["has a zero that r needs", derOf([0, 0x80], [1, 1]), undefined],
    ["has an r of zero, which is a number", derOf([0], [1, 1]), undefined],
    ["has an empty r", derOf([], [1, 1, 1]), "bad-block-signature"],
    ["has an empty s", derOf([1, 1, 1], []), "bad-block-signature"],
    ["has a negative s", derOf([1, 1], [0x80, 1]), "bad-block-signature"],
    ["has a zero too much in s", derOf([1, 1], [0, 1]), "bad-block-signature"],
  ])("%s", (_name, signature, code) => {
    const found = checkSignatureForm(signature, "stake");
    expect(found?.code).toBe(code);
    if (found !== undefined) expect(found.effect).toBe("bytes");
  });
});

describe("the key that signs a block", () => {
  const key = OWNER.publicKey;
  const long = secp256k1.Point.fromBytes(key).toBytes(false);
  const hybrid = long.with(0, 6 + ((long[64] ?? 0) & 1));
  const filler = new Array<number>(32).fill(7);

  it.each([
    ["a payment to a key", Uint8Array.of(33, ...key, 0xac), key],
    ["one whose first byte is any", Uint8Array.of(0, ...key, 0xac), key],
    ["a payment to a long key", Uint8Array.of(65, ...long, 0xac), long],
    ["a payment to a hybrid key", Uint8Array.of(65, ...hybrid, 0xac), hybrid],
    ["a payment to a key of another tag", Uint8Array.of(33, 4, ...filler, 0xac), undefined],
    [
      "a payment to a long key of another tag",
      Uint8Array.of(65, ...long.with(0, 5), 0xac),
      undefined,
    ],
    ["a key after OP_RETURN", Uint8Array.of(0x6a, 33, ...key), key],
    ["a key after OP_RETURN OP_PUSHDATA1", Uint8Array.of(0x6a, 0x4c, 33, ...key), key],
    ["a key after OP_RETURN OP_PUSHDATA2", Uint8Array.of(0x6a, 0x4d, 33, 0, ...key), key],
    ["a key after OP_RETURN OP_PUSHDATA4", Uint8Array.of(0x6a, 0x4e, 33, 0, 0, 0, ...key), key],
    ["a key and more after OP_RETURN", Uint8Array.of(0x6a, 33, ...key, 1, 1), undefined],
    ["a long key after OP_RETURN", Uint8Array.of(0x6a, 65, ...long), undefined],
    ["no key after OP_RETURN", Uint8Array.of(0x6a, 33, 9, ...filler), undefined],
    ["a number after OP_RETURN", Uint8Array.of(0x6a, 0x51), undefined],
    ["OP_RETURN alone", Uint8Array.of(0x6a), undefined],
    ["a payment to a hash", OWNER.payToHash, undefined],
    ["OP_CHECKSIG alone", Uint8Array.of(0, 0, 0xac), undefined],
    ["nothing", new Uint8Array(0), undefined],
  ])("of %s", (_name, script, expected) => {
    expect(signingKey(script)).toEqual(expected);
  });
});

describe("a block signature", () => {
  const coinstake = (script: Uint8Array) => ({
    outputs: [output(0n, new Uint8Array(0)), output(1n, script)],
  });
  const judge = (script: Uint8Array, signature = der) =>
    checkBlockSignature({ hash, signature }, coinstake(script))?.code;

  it("is of the key that output 1 names, over the hash itself", () => {
    expect(judge(OWNER.payToKey)).toBeUndefined();
    expect(judge(Uint8Array.of(0x6a, 33, ...OWNER.publicKey))).toBeUndefined();
    expect(judge(signer(2).payToKey)).toBe("bad-block-signature");
    expect(judge(OWNER.payToHash)).toBe("bad-block-signature");
    expect(judge(OWNER.payToKey, new Uint8Array(0))).toBe("bad-block-signature");
    expect(judge(OWNER.payToKey, signDigest(hash256(hash), OWNER))).toBe("bad-block-signature");
  });

  it("of a key that is no point is bad, not the end", () => {
    const noPoint = Uint8Array.of(33, 2, ...new Uint8Array(32).fill(0xff), 0xac);
    expect(judge(noPoint)).toBe("bad-block-signature");
  });

  it("of a coinstake without output 1 is bad", () => {
    expect(checkBlockSignature({ hash, signature: der }, { outputs: [] })?.code).toBe(
      "bad-block-signature",
    );
  });

  it("is asked once of the same bytes, and again of others", () => {
    const one = coinstake(OWNER.payToKey);
    expect(checkBlockSignature({ hash, signature: der }, one)).toBeUndefined();
    expect(checkBlockSignature({ hash, signature: der }, one)).toBeUndefined();
    const other = signDigest(hash, signer(2));
    expect(checkBlockSignature({ hash, signature: other }, one)?.code).toBe("bad-block-signature");
    const elsewhere = hash256(hash);
    expect(checkBlockSignature({ hash: elsewhere, signature: other }, one)?.code).toBe(
      "bad-block-signature",
    );
  });
});
