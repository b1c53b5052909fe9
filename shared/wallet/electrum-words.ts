import { hmacSha512, seedOf } from "#shared/crypto/stretch.ts";
import { toHex } from "#shared/primitives/hex.ts";

/** What the hash begins with, in hex. @source electrum/version.py (EXOS-Electrum d54f66a9) */
const STANDARD_PREFIX = "01";

/** Letters of languages that are written without spaces. */
const JOINED = "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}]";
const SPACE_BETWEEN_JOINED = new RegExp(`(?<=${JOINED}) (?=${JOINED})`, "gu");

/** Of the highest combining class there is, so any other sign of such a class sorts before it. */
const LAST_SIGN = "\u0345";

/** Whether Unicode gives a sign a combining class: not every mark has one. */
function isCombining(sign: string): boolean {
  return sign === LAST_SIGN || `${LAST_SIGN}${sign}`.normalize("NFD") === `${sign}${LAST_SIGN}`;
}

/**
 * The form that EXOS-Electrum hashes: no accents, no capitals, single spaces.
 *
 * @source normalize_text, electrum/mnemonic.py (EXOS-Electrum d54f66a9)
 */
export function normalizeElectrum(text: string): string {
  const signs = [...text.normalize("NFKD").toLowerCase()].filter((sign) => !isCombining(sign));
  const spaced = signs.join("").trim().split(/\s+/u).join(" ");
  return spaced.replace(SPACE_BETWEEN_JOINED, "");
}

/**
 * Whether a sentence is a standard seed of EXOS-Electrum: its hash begins with 01, whatever list the
 * words come from.
 *
 * @source is_new_seed, electrum/mnemonic.py (EXOS-Electrum d54f66a9)
 */
export function isElectrumSentence(text: string): boolean {
  const version = hmacSha512("Seed version", new TextEncoder().encode(normalizeElectrum(text)));
  return toHex(version).startsWith(STANDARD_PREFIX);
}

/**
 * The seed of a sentence of EXOS-Electrum: the rounds of BIP39 with a salt of its own.
 *
 * @param extraWord empty where there is none
 * @returns 64 bytes
 * @source mnemonic_to_seed, electrum/mnemonic.py (EXOS-Electrum d54f66a9)
 */
export function seedOfElectrum(sentence: string, extraWord: string): Uint8Array {
  return seedOf(normalizeElectrum(sentence), `electrum${normalizeElectrum(extraWord)}`);
}
