/**
 * Long work on keys, for `in-thread.ts`: arguments and answers are plain.
 * @module
 */
import { checkSignatureForm } from "#shared/consensus/rules/check-signature-form.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import { publicKeyOf, signDigest } from "#shared/crypto/sign-digest.ts";
import { verifySignature } from "#shared/crypto/verify-signature.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { printAddress } from "#shared/script/address.ts";
import { seedOfElectrum } from "#shared/wallet/electrum-words.ts";
import { openAccount } from "#shared/wallet/extended-key.ts";
import { parseKeyPath } from "#shared/wallet/key-path.ts";
import { openKeyRing } from "#shared/wallet/key-ring.ts";
import type { KeyNetwork } from "#shared/wallet/parsed-keys.ts";
import { SCHEMES, type SchemeId } from "#shared/wallet/scheme.ts";
import { seedOfWords } from "#shared/wallet/words.ts";
import { createSeededRandom } from "./seeded-random.ts";

/** Words and an extra word. */
export type Sentence = readonly [words: string, extraWord: string];

/** Seeds of BIP39, in hex. */
export function bip39Seeds(rows: readonly Sentence[]): string[] {
  return rows.map(([words, extraWord]) => toHex(seedOfWords(words, extraWord)));
}

/** Seeds of EXOS-Electrum, in hex. */
export function electrumSeeds(rows: readonly Sentence[]): string[] {
  return rows.map(([words, extraWord]) => toHex(seedOfElectrum(words, extraWord)));
}

/** The addresses at some paths, from the extended public keys of their accounts. */
export function addressesAt(
  accountKeys: Readonly<Record<number, string>>,
  paths: readonly string[],
  { scheme, network }: { readonly scheme: SchemeId; readonly network: KeyNetwork },
): string[] {
  const accounts = new Map(
    Object.entries(accountKeys).map(([index, key]) => [
      Number(index),
      openAccount(key, network.kind),
    ]),
  );
  return paths.map((text) => {
    const path = parseKeyPath(text, SCHEMES[scheme]);
    if (path?.kind !== "derived") return "no path";
    const key = accounts.get(path.account)?.publicKey(path.branch, path.index);
    if (key === undefined) return "no account";
    return printAddress({ kind: "p2pkh", hash: hash160(key) }, network.addresses) ?? "";
  });
}

/** Account keys of words by a scheme. */
export function accountKeysOf(
  sentence: Sentence,
  scheme: SchemeId,
  { kind, accounts }: { readonly kind: KeyNetwork["kind"]; readonly accounts: readonly number[] },
): (string | undefined)[] {
  const [words, extraWord] = sentence;
  const ring = openKeyRing({ kind: "words", words, extraWord }, scheme, kind);
  return accounts.map((account) => ring?.accountKey(account));
}

/** How many of so many signatures of random keys verify, and are strict with a low s. */
export function soundSignatures(count: number, seed: number): number {
  const random = createSeededRandom(seed);
  let sound = 0;
  for (let round = 0; round < count; round++) {
    const secret = random.bytes(32);
    const digest = random.bytes(32);
    const der = signDigest(digest, secret);
    const isOwn = verifySignature({ publicKey: publicKeyOf(secret), der, digest });
    if (isOwn && checkSignatureForm(der, "stake") === undefined) sound++;
  }
  return sound;
}
