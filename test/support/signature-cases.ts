import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import type { SignatureCheck } from "#shared/crypto/verify-signatures.ts";
import { native } from "./native-secp256k1.ts";
import { createSeededRandom, type SeededRandom } from "./seeded-random.ts";

export const P = 2n ** 256n - 2n ** 32n - 977n;
export const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
/** λ·(x, y) = (β·x, y): a multiplier at which the two halves of a split scalar meet. */
const LAMBDA = 0x5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72n;

export interface SignatureCase extends SignatureCheck {
  readonly kind: string;
  /** What the construction proves, where it proves something. */
  readonly expected?: boolean;
}

type KeyForm = "compressed" | "full" | "hybrid";

export const toBytes = (value: bigint) => hexToBytes(value.toString(16).padStart(64, "0"));
export const toNumber = (bytes: Uint8Array) => BigInt(`0x${bytesToHex(bytes)}`);
const modulo = (value: bigint, modulus = N) => ((value % modulus) + modulus) % modulus;

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let [square, rest] = [base, exponent]; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

const inverse = (value: bigint) => power(modulo(value), N - 2n, N);
const scalarOf = (random: SeededRandom) => modulo(toNumber(random.bytes(32)), N - 1n) + 1n;
const signature = (r: bigint, s: bigint) => concatBytes(toBytes(r), toBytes(s));

/** secret·G in 65 bytes. */
const keyOf = (secret: bigint) => native.publicKeyCreate(toBytes(secret), false);
const xOf = (key: Uint8Array) => toNumber(key.subarray(1, 33));
const yOf = (key: Uint8Array) => toNumber(key.subarray(33));
const FORMS: readonly KeyForm[] = ["compressed", "compressed", "compressed", "full", "hybrid"];

/** A key of 65 bytes, in a form; hybrid as `wrongParity` says. */
export function inForm(key: Uint8Array, form: KeyForm, wrongParity = false): Uint8Array {
  const parity = ((key[64] ?? 0) & 1) ^ (wrongParity ? 1 : 0);
  if (form === "compressed") return concatBytes(Uint8Array.of(2 + parity), key.subarray(1, 33));
  return concatBytes(Uint8Array.of(form === "full" ? 4 : 6 + parity), key.subarray(1));
}

interface Signed {
  readonly secret: bigint;
  readonly key: Uint8Array;
  readonly digest: Uint8Array;
  readonly r: bigint;
  readonly s: bigint;
}

function signed(random: SeededRandom, digest = random.bytes(32)): Signed {
  const secret = scalarOf(random);
  const nonce = scalarOf(random);
  const r = modulo(xOf(keyOf(nonce)));
  const s = modulo(inverse(nonce) * (toNumber(digest) + r * secret));
  return { secret, key: keyOf(secret), digest, r, s };
}

type Maker = (random: SeededRandom) => SignatureCase;

function valid(random: SeededRandom): SignatureCase {
  const { key, digest, r, s } = signed(random);
  const form = random.pick(FORMS);
  const isHigh = s > N / 2n;
  return {
    kind: `valid, ${form} key, ${isHigh ? "high" : "low"} s`,
    ...{ publicKey: inForm(key, form), signature: signature(r, s), digest, expected: true },
  };
}

/** One to three bits, anywhere in one of the three, or in the tag of the key. */
function flipped(random: SeededRandom): SignatureCase {
  const { key, digest, r, s } = signed(random);
  const publicKey = inForm(key, random.pick(FORMS));
  const parts = { digest, publicKey, signature: signature(r, s) };
  const kind = random.pick(["digest", "signature", "publicKey", "tag"] as const);
  const part = kind === "tag" ? publicKey.subarray(0, 1) : parts[kind];
  const bits = new Set(
    Array.from({ length: 1 + random.below(3) }, () => random.below(part.length * 8)),
  );
  for (const bit of bits) part[bit >> 3] = (part[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return { kind: `bits flipped, ${kind}`, ...parts };
}

const EDGES: readonly (readonly [string, bigint])[] = [
  ["0", 0n],
  ["1", 1n],
  ["n - 1", N - 1n],
  ["n", N],
  ["n + 1", N + 1n],
  ["p - n", P - N],
  ["p - n - 1", P - N - 1n],
  ["half n", N / 2n],
  ["p", P],
  ["2^256 - 1", 2n ** 256n - 1n],
];

function edges(random: SeededRandom): SignatureCase {
  const { key, digest, r, s } = signed(random);
  const [name, edge] = random.pick(EDGES);
  const isR = random.below(2) === 0;
  return {
    kind: `${isR ? "r" : "s"} is ${name}`,
    publicKey: inForm(key, random.pick(FORMS)),
    signature: isR ? signature(edge, s) : signature(r, edge),
    digest,
  };
}

/** Points whose x is n + r for a small r: four of them. */
const BIG_X = Array.from({ length: 40 }, (_, offset) => N + BigInt(offset + 1))
  .filter((x) => power(modulo(x ** 3n + 7n, P), (P - 1n) / 2n, P) === 1n)
  .slice(0, 4);

/** u1·G + u2·Q is given as R and Q is found: Q = (s·R - z·G)/r. */
function wrapped(random: SeededRandom): SignatureCase {
  const x = random.pick(BIG_X);
  const [r, s, digest] = [modulo(x), scalarOf(random), random.bytes(32)];
  const sum = concatBytes(Uint8Array.of(2 + random.below(2)), toBytes(x));
  const ofSum = native.publicKeyTweakMul(sum, toBytes(modulo(s * inverse(r))), false);
  const ofG = keyOf(modulo(-toNumber(digest) * inverse(r)));
  const key = native.publicKeyCombine([ofSum, ofG], false);
  const other = random.below(4) === 0;
  return {
    kind: other ? "r + n < p, another key" : "r + n < p",
    publicKey: inForm(other ? keyOf(scalarOf(random)) : key, random.pick(FORMS)),
    ...{ signature: signature(r, s), digest, expected: !other },
  };
}

/** u1 is zero, or the digest is not below n. */
function digestEdge(random: SeededRandom): SignatureCase {
  const [name, value] = random.pick([
    ["0: u1 is zero", 0n],
    ["n: u1 is zero", N],
    ["n + 1", N + 1n],
    ["n - 1", N - 1n],
    ["2^256 - 1", 2n ** 256n - 1n],
  ] as const);
  const { key, digest, r, s } = signed(random, toBytes(value));
  return {
    kind: `digest is ${name}`,
    publicKey: inForm(key, random.pick(FORMS)),
    ...{ signature: signature(r, s), digest, expected: true },
  };
}

/** u1·G and u2·Q are one point, or opposite. */
function meeting(random: SeededRandom): SignatureCase {
  const [secret, nonce] = [scalarOf(random), scalarOf(random)];
  const isOpposite = random.below(2) === 0;
  const r = modulo(xOf(keyOf(nonce)));
  const u1 = modulo(nonce * inverse(2n));
  const s = modulo(r * inverse(u1 * inverse(secret)));
  return {
    kind: isOpposite ? "sum at infinity" : "u1·G = u2·Q",
    publicKey: inForm(keyOf(secret), random.pick(FORMS)),
    signature: signature(r, s),
    digest: toBytes(modulo((isOpposite ? -u1 : u1) * s)),
    expected: !isOpposite,
  };
}

const SMALL_SECRETS: readonly bigint[] = [
  ...[1n, 2n, 3n, 5n, 7n, 15n, 17n, N - 1n, N - 2n, LAMBDA, N - LAMBDA, LAMBDA + 1n],
  ...[modulo(LAMBDA * LAMBDA), modulo(LAMBDA << 128n), 2n ** 127n, 2n ** 128n, N - 2n ** 128n],
  ...[inverse(2n), inverse(3n)],
];
const SMALL_FACTORS: readonly bigint[] = [
  ...[1n, 2n, 3n, 5n, 31n, N - 1n, N - 3n, LAMBDA, N - LAMBDA, modulo(LAMBDA * 3n), 2n ** 64n],
  ...[2n ** 127n + 1n, 2n ** 128n, (N + 1n) / 2n],
];

/** Keys and factors at which equal and opposite points meet inside the ladder. */
function special(random: SeededRandom): SignatureCase {
  const secret = random.pick(SMALL_SECRETS);
  const u2 = random.pick(SMALL_FACTORS);
  const u1 = random.pick([0n, modulo(-u2 * secret), ...SMALL_FACTORS.slice(0, 10)]);
  const sum = modulo(u1 + u2 * secret);
  const r = sum === 0n ? scalarOf(random) : modulo(xOf(keyOf(sum)));
  const s = modulo(r * inverse(u2));
  return {
    kind: sum === 0n ? "small multiples, sum at infinity" : "small multiples",
    publicKey: inForm(keyOf(secret), random.pick(FORMS)),
    signature: signature(r, s),
    digest: toBytes(modulo(u1 * s)),
    expected: sum !== 0n,
  };
}

/**
 * Inside the ladder a multiple of Q meets its equal or its opposite among those of G, and the ladder
 * goes on: by the plain digits of u2, by those of its λ half, or at the upper half of u1.
 */
function meetingInside(random: SeededRandom): SignatureCase {
  const odd = () => BigInt(2 * random.below(8) + 1);
  const [multiple, base, shift] = [odd(), odd(), BigInt(random.pick([0, 20, 64, 100]))];
  const isOpposite = random.below(2) === 0;
  const [way, keyFactor, u2Factor, high] = random.pick([
    ["plain", 1n, 1n, 0n],
    ["λ", inverse(LAMBDA), LAMBDA, 0n],
    ["upper", 2n ** 128n, 1n, 128n],
  ] as const);
  const secret = modulo((isOpposite ? -base : base) * keyFactor);
  const u2 = modulo((multiple << shift) * u2Factor);
  const rest = shift === 0n ? 0n : odd();
  const u1 = modulo(((multiple * base) << (shift + high)) + rest);
  const sum = modulo(u1 + u2 * secret);
  const r = sum === 0n ? scalarOf(random) : modulo(xOf(keyOf(sum)));
  const s = modulo(r * inverse(u2));
  return {
    kind: `${isOpposite ? "opposite" : "equal"} points inside, ${way}${sum === 0n ? ", at the end" : ""}`,
    publicKey: inForm(keyOf(secret), random.pick(FORMS)),
    signature: signature(r, s),
    digest: toBytes(modulo(u1 * s)),
    expected: sum !== 0n,
  };
}

/** A point of the curve with so small an x or y that it could be written with p added to it. */
function smallCoordinate(random: SeededRandom): {
  readonly key: Uint8Array;
  readonly isX: boolean;
} {
  for (;;) {
    const [small, isX] = [BigInt(random.below(1000) + 1), random.below(2) === 0];
    // p is 3 modulo 4 and 7 modulo 9, which gives square roots and cube roots by one power
    const x = isX ? small : power(modulo(small * small - 7n, P), (P + 2n) / 9n, P);
    const y = isX ? power(small ** 3n + 7n, (P + 1n) / 4n, P) : small;
    const isOnCurve = modulo(y * y - x ** 3n - 7n, P) === 0n;
    if (isOnCurve) return { key: concatBytes(Uint8Array.of(4), toBytes(x), toBytes(y)), isX };
  }
}

/** A signature that holds for a key whose secret nobody knows, whose coordinate gets p added. */
function addedPrime(random: SeededRandom): SignatureCase {
  const { key, isX } = smallCoordinate(random);
  const [u1, u2] = [scalarOf(random), scalarOf(random)];
  const ofQ = native.publicKeyTweakMul(key, toBytes(u2), false);
  const r = modulo(xOf(native.publicKeyCombine([keyOf(u1), ofQ], false)));
  const s = modulo(r * inverse(u2));
  const isAdded = random.below(3) > 0;
  const at = isX ? 1 : 33;
  const publicKey = inForm(key, isX ? random.pick(FORMS) : random.pick(["full", "hybrid"]));
  if (isAdded) publicKey.set(toBytes(toNumber(publicKey.slice(at, at + 32)) + P), at);
  if (isAdded && !isX && publicKey[0] !== 4) publicKey[0] = 6 + ((publicKey[64] ?? 0) & 1);
  return {
    kind: `key: small ${isX ? "x" : "y"}${isAdded ? " + p" : ""}`,
    ...{ publicKey, signature: signature(r, s), digest: toBytes(modulo(u1 * s)) },
    expected: !isAdded,
  };
}

const BAD_KEYS: Readonly<Record<string, (key: Uint8Array, random: SeededRandom) => Uint8Array>> = {
  "x not below p": (_, random) => {
    const x = random.pick([P, P + 1n, P + 2n, 2n ** 256n - 1n]);
    return concatBytes(Uint8Array.of(2 + random.below(2)), toBytes(x));
  },
  "x of no point": (_, random) => {
    const x = random.pick([0n, 5n, P - 2n, 2n ** 255n]);
    return concatBytes(Uint8Array.of(2 + random.below(2)), toBytes(x));
  },
  "y off the curve": (key, random) => {
    const y = random.pick([yOf(key) ^ 1n, 0n, 1n, toNumber(random.bytes(32)) % P]);
    const tag = random.pick([4, 6 + Number(y & 1n)]);
    return concatBytes(Uint8Array.of(tag), key.subarray(1, 33), toBytes(y));
  },
  "y not below p": (key, random) => {
    const y = random.pick([P, P + 1n, 2n ** 256n - 1n]);
    return concatBytes(Uint8Array.of(random.pick([4, 6, 7])), key.subarray(1, 33), toBytes(y));
  },
  "the opposite point": (key) =>
    concatBytes(Uint8Array.of(4), key.subarray(1, 33), toBytes(P - yOf(key))),
  "hybrid of the wrong parity": (key) => inForm(key, "hybrid", true),
  "no such tag": (key, random) => {
    const form = random.pick(["compressed", "full"] as const);
    const tags = form === "full" ? [0, 1, 2, 3, 5, 8, 255] : [0, 1, 4, 5, 6, 7, 8, 255];
    return concatBytes(Uint8Array.of(random.pick(tags)), inForm(key, form).subarray(1));
  },
  "a wrong length": (key, random) => {
    const bytes = inForm(key, random.pick(FORMS));
    const cut = random.pick([0, 1, 32, 34, 64, bytes.length - 1, bytes.length + 1, 255, 300]);
    if (cut <= bytes.length) return bytes.slice(0, cut === bytes.length ? 0 : cut);
    return concatBytes(bytes, new Uint8Array(cut - bytes.length));
  },
  "all zero": (_, random) => new Uint8Array(random.pick([33, 65])),
  "another key": (_, random) => inForm(keyOf(scalarOf(random)), random.pick(FORMS)),
};

function badKey(random: SeededRandom): SignatureCase {
  const { key, digest, r, s } = signed(random);
  const [kind, make] = random.pick(Object.entries(BAD_KEYS));
  const publicKey = make(key, random);
  return { kind: `key: ${kind}`, publicKey, signature: signature(r, s), digest, expected: false };
}

/** Half of all are valid by construction. */
const MAKERS: readonly Maker[] = [
  ...[valid, valid, valid, valid, flipped, flipped, edges, edges, badKey, badKey, badKey],
  ...[wrapped, digestEdge, meeting, special, meetingInside, meetingInside, addedPrime],
];

/** So many cases of all classes, the same for the same seed. */
export function makeSignatureCases(count: number, seed: number): SignatureCase[] {
  const random = createSeededRandom(seed);
  return Array.from({ length: count }, () => random.pick(MAKERS)(random));
}
