import { secp256k1 } from "@noble/curves/secp256k1.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { type SignatureCheck, verifySignatures } from "#shared/crypto/verify-signatures.ts";
import { native } from "./native-secp256k1.ts";
import { makeSignatureCases, N, type SignatureCase, toNumber } from "./signature-cases.ts";

export interface Comparison {
  /** Class of cases to how many of them every engine found true and false. */
  readonly classes: ReadonlyMap<string, { readonly valid: number; readonly invalid: number }>;
  /** One line each: which engine, the class, and the bytes. */
  readonly mismatches: readonly string[];
}

/** libsecp256k1, which refuses high s and throws for what it cannot read. */
export function verifyNatively({ publicKey, signature, digest }: SignatureCheck): boolean {
  const [r, s] = [toNumber(signature.subarray(0, 32)), toNumber(signature.subarray(32))];
  if (r === 0n || s === 0n || r >= N || s >= N) return false;
  try {
    return native.ecdsaVerify(native.signatureNormalize(signature.slice()), digest, publicKey);
  } catch {
    // It throws for malformed keys.
    return false;
  }
}

/** Written in BigInt, from no common source. Hybrid keys are unknown to it and given as full ones. */
export function verifyInBigInt({ publicKey, signature, digest }: SignatureCheck): boolean {
  const key = publicKey.slice();
  if (key.length === 65 && (key[0] === 6 || key[0] === 7)) {
    if (((key[64] ?? 0) & 1) !== (key[0] & 1)) return false;
    key[0] = 4;
  }
  try {
    return secp256k1.verify(signature, digest, key, { prehash: false, lowS: false });
  } catch {
    // It throws for malformed keys and for r and s out of range.
    return false;
  }
}

/** Own answers in batches of several sizes, so that a check meets different neighbours. */
function ownAnswers(cases: readonly SignatureCase[], size: number): boolean[] {
  const answers: boolean[] = [];
  for (let first = 0; first < cases.length; first += size) {
    answers.push(...verifySignatures(cases.slice(first, first + size)));
  }
  return answers;
}

/** Judge so many cases by three engines, the own one alone and in batches of 7, 128 and 300. */
export function compareEngines(count: number, seed: number): Comparison {
  const cases = makeSignatureCases(count, seed);
  const own = [1, 7, 128, 300].map((size) => ({ size, answers: ownAnswers(cases, size) }));
  const classes = new Map<string, { valid: number; invalid: number }>();
  const mismatches: string[] = [];
  for (const [index, item] of cases.entries()) {
    const truth = verifyNatively(item);
    const row = classes.get(item.kind) ?? { valid: 0, invalid: 0 };
    classes.set(item.kind, row);
    row[truth ? "valid" : "invalid"]++;
    const judged = [
      ["construction", item.expected ?? truth],
      ["noble", verifyInBigInt(item)],
      ...own.map(({ size, answers }) => [`own, batch ${size}`, answers[index]]),
    ];
    for (const [who, answer] of judged) {
      if (answer !== truth) mismatches.push(`${who}: ${describe(item)}, not ${truth}`);
    }
  }
  return { classes, mismatches };
}

const describe = ({ kind, publicKey, signature, digest }: SignatureCase) =>
  `${kind} (${[publicKey, signature, digest].map(bytesToHex).join(" ")})`;
