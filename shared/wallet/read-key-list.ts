import { hash160 } from "#shared/crypto/hashes.ts";
import { publicKeyOf } from "#shared/crypto/sign-digest.ts";
import { decodeBase58Check } from "#shared/primitives/base58.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import { parseAddress, printAddress } from "#shared/script/address.ts";
import type { KeyNetwork, ParsedKeys } from "#shared/wallet/parsed-keys.ts";
import { IMPORTED_KEYS_MAX, type ImportedKey } from "#shared/wallet/wallet-secret.ts";
import { parseWif } from "#shared/wallet/wif.ts";

/** Version byte and hash. */
const ADDRESS_PAYLOAD_BYTES = 21;

type Line =
  | { readonly kind: "key"; readonly key: ImportedKey }
  | { readonly kind: "address"; readonly address: string }
  | { readonly kind: "refused"; readonly error: Refusal };

/**
 * Keys, or addresses, one on each line. What follows a key on its line is what `dumpwallet` of
 * EXOS-Qt writes there: a time, a label, and the address, which is compared.
 *
 * @returns refusals E5009 and E5011, which name the line but repeat nothing of it
 * @source dumpwallet, src/rpcdump.cpp (EXOS-Qt 5c8b0090)
 */
export function readKeyList(text: string, network: KeyNetwork): Result<ParsedKeys, Refusal> {
  const keys = new Map<string, ImportedKey>();
  const addresses = new Set<string>();
  for (const [index, line] of text.split("\n").entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const read = readLine(trimmed, index + 1, network);
    if (read.kind === "refused") return { ok: false, error: read.error };
    if (read.kind === "address") addresses.add(read.address);
    else keys.set(toHex(read.key.secret) + read.key.compressed, read.key);
    if (keys.size > 0 && addresses.size > 0)
      return refusal("EXOS-E5009", `Line ${index + 1} mixes keys and addresses.`);
    if (keys.size + addresses.size > IMPORTED_KEYS_MAX) {
      return refusal("EXOS-E5009", `A list has at most ${IMPORTED_KEYS_MAX} lines.`);
    }
  }
  if (addresses.size > 0) {
    const format = "list of addresses";
    const watched = { kind: "watched", format, accountKey: undefined } as const;
    return { ok: true, value: { ...watched, addresses: [...addresses] } };
  }
  if (keys.size === 0) return refusal("EXOS-E5009", "The text holds neither key nor address.");
  const format = text.startsWith("# Wallet dump") ? "wallet dump of EXOS-Qt" : "private keys";
  const secret = { kind: "keys", keys: [...keys.values()] } as const;
  return { ok: true, value: { kind: "secret", format, secret, schemes: [] } };
}

function readLine(line: string, number: number, network: KeyNetwork): Line {
  const refused = (code: "EXOS-E5009" | "EXOS-E5011", what: string): Line => ({
    kind: "refused",
    error: refusal(code, `Line ${number} ${what}.`, { line: number }).error,
  });
  const word = line.replace(/\s.*$/su, "");
  const { addresses: format } = network;
  if (parseAddress(word, format) !== undefined) return { kind: "address", address: word };
  const wif = parseWif(word, format);
  if (wif?.kind === "foreign") return refused("EXOS-E5011", "is a key of another network");
  if (wif !== undefined) {
    const noted = /# addr=(\S+)$/u.exec(line)?.[1];
    if (noted === undefined || noted === addressOf(wif.key, network)) return wif;
    return refused("EXOS-E5009", "gives a key and the address of another");
  }
  return decodeBase58Check(word)?.length === ADDRESS_PAYLOAD_BYTES
    ? refused("EXOS-E5011", "is an address of another network")
    : refused("EXOS-E5009", "is neither key nor address");
}

function addressOf({ secret, compressed }: ImportedKey, { addresses }: KeyNetwork) {
  const hash = hash160(publicKeyOf(secret, compressed));
  return printAddress({ kind: "p2pkh", hash }, addresses);
}
