import { entropyToMnemonic, validateMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { seedOf } from "#shared/crypto/stretch.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";

/** Bytes of randomness behind so many words. @source BIP39 */
export const ENTROPY_BYTES = { 12: 16, 24: 32 } as const;

const COUNTS: readonly number[] = [12, 15, 18, 21, 24];
const LIST: ReadonlySet<string> = new Set(wordlist);

/** One space between words, no capitals, one form of every letter. @source BIP39 */
export function normalizeWords(text: string): string {
  return text.normalize("NFKD").toLowerCase().trim().split(/\s+/u).join(" ");
}

/** New words. @param entropy 16 bytes for 12 words, 32 for 24 */
export function wordsOf(entropy: Uint8Array): string {
  return entropyToMnemonic(entropy, wordlist);
}

/**
 * The words of a text, normalized. Unlike the reference, which takes any, their checksum must be
 * right: a wallet restored from mistyped words is empty, and looks like a loss.
 *
 * @returns refusal E5010, which says where the fault is but repeats no word
 * @source BIP39; exos-l1.md 11a
 */
export function parseWords(text: string): Result<string, Refusal> {
  const sentence = normalizeWords(text);
  const words = sentence.split(" ");
  if (!COUNTS.includes(words.length)) {
    return refusal("EXOS-E5010", `Words come as 12, 15, 18, 21 or 24, not as ${words.length}.`, {
      words: words.length,
    });
  }
  const unknown = words.findIndex((word) => !LIST.has(word));
  if (unknown !== -1) {
    return refusal("EXOS-E5010", `Word ${unknown + 1} is not in the list.`, { word: unknown + 1 });
  }
  if (!validateMnemonic(sentence, wordlist)) {
    return refusal("EXOS-E5010", "The last word does not fit the others.");
  }
  return { ok: true, value: sentence };
}

/**
 * The seed of normalized words.
 *
 * @param extraWord empty where there is none
 * @returns 64 bytes
 * @source BIP39
 */
export function seedOfWords(words: string, extraWord: string): Uint8Array {
  return seedOf(words, `mnemonic${extraWord.normalize("NFKD")}`);
}
