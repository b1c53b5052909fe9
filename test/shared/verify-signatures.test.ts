import { secp256k1 } from "@noble/curves/secp256k1.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { type SignatureCheck, verifySignatures } from "#shared/crypto/verify-signatures.ts";
import { compareEngines, verifyNatively } from "../support/compare-engines.ts";
import { native } from "../support/native-secp256k1.ts";
import { inForm, makeSignatureCases, N, toBytes, toNumber } from "../support/signature-cases.ts";

const SEED = 20_261_121;

describe("against libsecp256k1 and @noble/curves", () => {
  const { classes, mismatches } = compareEngines(2000, SEED);
  const total = (kind: RegExp, verdict: "valid" | "invalid") =>
    [...classes].reduce((sum, [name, row]) => sum + (kind.test(name) ? row[verdict] : 0), 0);

  it("agrees on 2,000 random and malformed checks, alone and in batches", () => {
    expect(mismatches, `seed ${SEED}`).toEqual([]);
    expect(total(/./, "valid")).toBeGreaterThanOrEqual(500);
    expect(total(/./, "valid") + total(/./, "invalid")).toBe(2000);
  });

  it.each([
    ...["compressed", "full", "hybrid"].flatMap((form) =>
      ["high", "low"].map((s) => `valid, ${form} key, ${s} s`),
    ),
    ...["r + n < p", "u1·G = u2·Q", "small multiples", "key: small x", "key: small y"],
    ...["plain", "λ", "upper"].flatMap((way) =>
      ["equal", "opposite"].map((meeting) => `${meeting} points inside, ${way}`),
    ),
    ...["digest is 0: u1 is zero", "digest is n: u1 is zero", "digest is n + 1"],
  ])("has met what is valid: %s", (kind) => {
    expect(classes.get(kind)?.valid).toBeGreaterThan(0);
    expect(classes.get(kind)?.invalid).toBe(0);
  });

  it.each([
    ...["digest", "signature", "publicKey", "tag"].map((part) => `bits flipped, ${part}`),
    ...["r", "s"].flatMap((name) =>
      ["0", "1", "n - 1", "n", "n + 1", "p - n", "p - n - 1", "half n", "p", "2^256 - 1"].map(
        (value) => `${name} is ${value}`,
      ),
    ),
    ...["x not below p", "x of no point", "y off the curve", "y not below p"].map(
      (k) => `key: ${k}`,
    ),
    ...["the opposite point", "hybrid of the wrong parity", "no such tag"].map((k) => `key: ${k}`),
    ...["a wrong length", "all zero", "another key"].map((k) => `key: ${k}`),
    ...["key: small x + p", "key: small y + p"],
    ...["plain", "λ", "upper"].map((way) => `opposite points inside, ${way}, at the end`),
    ...["r + n < p, another key", "sum at infinity", "small multiples, sum at infinity"],
  ])("has met what is invalid: %s", (kind) => {
    expect(classes.get(kind)?.invalid).toBeGreaterThan(0);
  });
});

const secret = toBytes(0x1234567890abcdefn);
const digest = toBytes(99n);
const key = native.publicKeyCreate(secret, false);
const lowS = new Uint8Array(native.ecdsaSign(digest, secret).signature);
const highS = concatBytes(lowS.subarray(0, 32), toBytes(N - toNumber(lowS.subarray(32))));
const good: SignatureCheck = { publicKey: inForm(key, "compressed"), signature: lowS, digest };
const verdict = (change: Partial<SignatureCheck>) => verifySignatures([{ ...good, ...change }])[0];

describe("what consensus accepts beyond strict parsers", () => {
  it("takes high s for as good as low", () => {
    expect(toNumber(highS.subarray(32))).toBeGreaterThan(N / 2n);
    expect(verdict({ signature: lowS })).toBe(true);
    expect(verdict({ signature: highS })).toBe(true);
  });

  it("takes a hybrid key whose tag says the parity of y, for even and for odd y", () => {
    const negated = concatBytes(
      key.subarray(0, 33),
      toBytes(2n ** 256n - 2n ** 32n - 977n - toNumber(key.subarray(33))),
    );
    for (const point of [key, negated]) {
      const publicKey = inForm(point, "hybrid");
      expect(publicKey[0]).toBe(6 + ((point[64] ?? 0) & 1));
      expect(verdict({ publicKey })).toBe(point === key);
      expect(verdict({ publicKey: inForm(point, "hybrid", true) })).toBe(false);
    }
  });

  it("takes r for r + n where the x of the sum was reduced", () => {
    const wrapped = makeSignatureCases(200, SEED).filter(({ kind }) => kind === "r + n < p");
    expect(wrapped.length).toBeGreaterThan(0);
    for (const check of wrapped) {
      expect(toNumber(check.signature.subarray(0, 32))).toBeLessThan(2n ** 32n);
      expect(verifySignatures([check])).toEqual([true]);
    }
  });

  it("takes a digest that is not below the order", () => {
    const above = toBytes(2n ** 256n - 1n);
    const signature = native.ecdsaSign(above, secret).signature;
    expect(verdict({ signature, digest: above })).toBe(true);
    expect(verdict({ signature, digest: toBytes(2n ** 256n - 1n - N) })).toBe(true);
  });
});

it("answers each check of a batch on its own, in order, across several batches", () => {
  const checks = Array.from({ length: 300 }, (_, index) =>
    index % 3 === 0 ? { ...good, digest: toBytes(BigInt(index)) } : good,
  );
  expect(verifySignatures(checks)).toEqual(checks.map((check) => verifyNatively(check)));
  expect(verifySignatures([])).toEqual([]);
});

it("leaves nothing of one check to the next: a short key after a long one", () => {
  const full = inForm(key, "full");
  expect(verdict({ publicKey: full })).toBe(true);
  expect(verdict({ publicKey: full.subarray(0, 64) })).toBe(false);
  expect(verdict({ publicKey: new Uint8Array(0) })).toBe(false);
  expect(verdict({ publicKey: new Uint8Array(66).fill(4) })).toBe(false);
  expect(verdict({ publicKey: concatBytes(full, new Uint8Array(256)) })).toBe(false);
});

describe("keys seen before", () => {
  /** Keys that are sorted into one set of the cache: byte 20 of theirs is alike. */
  const crowd: SignatureCheck[] = [];
  // From point to point: a thousand and a half are looked at.
  let point = secp256k1.Point.BASE;
  for (let scalar = 1n; crowd.length < 7; scalar++, point = point.add(secp256k1.Point.BASE)) {
    const publicKey = point.toBytes(true);
    if (crowd.length > 0 && publicKey[20] !== crowd[0]?.publicKey[20]) continue;
    const { signature } = native.ecdsaSign(digest, toBytes(scalar));
    crowd.push({ publicKey, signature, digest });
  }

  it("are answered for alike, also when others have taken their place", () => {
    for (let round = 0; round < 3; round++) {
      expect(verifySignatures([...crowd, ...crowd.toReversed()])).toEqual(Array(14).fill(true));
      const swapped = crowd.map((check, index) => ({
        ...check,
        publicKey: crowd[(index + 1) % crowd.length]?.publicKey ?? key,
      }));
      expect(verifySignatures(swapped)).toEqual(Array(7).fill(false));
    }
  });

  it("are not taken for another that differs in one byte, whichever", () => {
    for (const form of ["compressed", "full", "hybrid"] as const) {
      const publicKey = inForm(key, form);
      expect(verdict({ publicKey }), form).toBe(true);
      for (let at = 0; at < publicKey.length; at++) {
        const other = publicKey.slice();
        other[at] = (other[at] ?? 0) ^ 1;
        expect(verdict({ publicKey: other }), `${form}, byte ${at}`).toBe(
          verifyNatively({ ...good, publicKey: other }),
        );
      }
      expect(verdict({ publicKey: publicKey.subarray(0, -1) }), form).toBe(false);
    }
  });
});

it("throws when a caller hands in what is no digest, or no r and s", () => {
  expect(() => verdict({ digest: digest.subarray(1) })).toThrow(RangeError);
  expect(() => verdict({ signature: lowS.subarray(1) })).toThrow(RangeError);
});
