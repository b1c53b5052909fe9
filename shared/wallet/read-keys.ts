import type { HDKey } from "@scure/bip32";
import type { Scrypt } from "#shared/crypto/stretch.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import { isBip38, openBip38 } from "#shared/wallet/bip38.ts";
import { isElectrumSentence } from "#shared/wallet/electrum-words.ts";
import { type NetworkKind, parseExtendedKey } from "#shared/wallet/extended-key.ts";
import type { KeyNetwork, KeyText, ParsedKeys } from "#shared/wallet/parsed-keys.ts";
import { readKeyList } from "#shared/wallet/read-key-list.ts";
import { readWalletFile } from "#shared/wallet/read-wallet-file.ts";
import { defaultScheme, type SchemeId } from "#shared/wallet/scheme.ts";
import { parseJson, type WalletSecret } from "#shared/wallet/wallet-secret.ts";
import { normalizeWords, parseWords } from "#shared/wallet/words.ts";

const BIP39_SCHEMES: readonly SchemeId[] = ["exos-248", "exos-105", "plain-105", "plain-248"];
/** Schemes that differ where the master key is given, and so not made from a seed. */
const MASTER_SCHEMES: readonly SchemeId[] = ["exos-248", "exos-105", "electrum"];

/** Longest text that is read: a wallet file of the reference lists every transaction. */
export const KEY_TEXT_LENGTH_MAX = 64 * 1024 * 1024;

/** Words of a language with letters; spaces of any width. */
const SENTENCE = /^[\p{L}\p{M}]+(?:\s+[\p{L}\p{M}]+)+$/u;

/**
 * Find out what keys a text holds. Formats are told apart by their form, never by a name.
 *
 * @param stretch opens what lies under a password of BIP38; our own unless given
 * @returns refusals E5002, E5009 to E5011; none repeats what the text says
 * @source interfaces.md 5.3
 */
export function readKeys(
  source: KeyText,
  network: KeyNetwork,
  stretch?: Scrypt,
): Result<ParsedKeys, Refusal> {
  if (source.text.length > KEY_TEXT_LENGTH_MAX) {
    const message = `The text is longer than ${KEY_TEXT_LENGTH_MAX} characters.`;
    return refusal("EXOS-E5009", message, { lengthMax: KEY_TEXT_LENGTH_MAX });
  }
  const text = source.text.trim();
  if (text.startsWith("{")) return readWalletFile(parseJson(text), source, network, stretch);
  if (SENTENCE.test(text)) return readSentence(text, source.extraWord ?? "", network);
  if (isBip38(text)) {
    const key = openBip38(text, source.password ?? "", network.addresses, stretch);
    if (!key.ok) return key;
    return secretOf("private key under a password", { kind: "keys", keys: [key.value] }, []);
  }
  const extended = parseExtendedKey(text, network.kind);
  if (extended !== undefined) return readExtended(extended, text, network);
  const others: readonly NetworkKind[] = ["main", "test"];
  if (others.some((kind) => parseExtendedKey(text, kind) !== undefined)) {
    return refusal("EXOS-E5011", "The extended key is of another kind of network.");
  }
  return readKeyList(text, network);
}

function secretOf(
  format: string,
  secret: WalletSecret,
  schemes: readonly SchemeId[],
): Result<ParsedKeys, Refusal> {
  return { ok: true, value: { kind: "secret", format, secret, schemes } };
}

/** The network's own scheme before the others. */
function ownFirst(schemes: readonly SchemeId[], network: KeyNetwork): readonly SchemeId[] {
  const own = defaultScheme(network);
  return schemes.toSorted((a, b) => Number(b === own) - Number(a === own));
}

function readSentence(
  text: string,
  extraWord: string,
  network: KeyNetwork,
): Result<ParsedKeys, Refusal> {
  const words = parseWords(text);
  const isElectrum = isElectrumSentence(text);
  if (!words.ok && !isElectrum) return words;
  const schemes: readonly SchemeId[] = [
    ...(words.ok ? ownFirst(BIP39_SCHEMES, network) : []),
    ...(isElectrum ? (["electrum"] as const) : []),
  ];
  const format = words.ok ? "words" : "words of EXOS-Electrum";
  return secretOf(format, { kind: "words", words: normalizeWords(text), extraWord }, schemes);
}

function readExtended(
  extended: HDKey,
  text: string,
  network: KeyNetwork,
): Result<ParsedKeys, Refusal> {
  const { privateKey, chainCode, depth } = extended;
  extended.wipePrivateData();
  if (privateKey === null || chainCode === null) {
    const watched = { kind: "watched", format: "extended public key", addresses: [] } as const;
    return { ok: true, value: { ...watched, accountKey: text } };
  }
  const format = "extended private key";
  if (depth > 0) {
    privateKey.fill(0);
    return secretOf(format, { kind: "account", extendedKey: text }, [defaultScheme(network)]);
  }
  const secret = { kind: "master", privateKey, chainCode } as const;
  return secretOf(format, secret, ownFirst(MASTER_SCHEMES, network));
}
