import { isSecretKey } from "#shared/crypto/sign-digest.ts";
import { decodeBase58Check, encodeBase58Check } from "#shared/primitives/base58.ts";
import type { ImportedKey } from "#shared/wallet/wallet-secret.ts";

/** Prefix, 32 bytes, and one more where the public key is compressed. */
const LONG_BYTES = 33;
const COMPRESSED_BYTES = 34;
const COMPRESSED_MARK = 1;

/** A private key as text: whose it is shows its first byte. */
export type WifReading =
  | { readonly kind: "key"; readonly key: ImportedKey }
  /** Of this shape, but of a network with another first byte. */
  | { readonly kind: "foreign" };

/** @returns `undefined` for anything that is no private key in text @source exos-l1.md 1.2 */
export function parseWif(text: string, { wif }: { readonly wif: number }): WifReading | undefined {
  const payload = decodeBase58Check(text);
  if (payload === undefined) return undefined;
  const compressed = payload.length === COMPRESSED_BYTES;
  if (!compressed && payload.length !== LONG_BYTES) return undefined;
  if (compressed && payload[LONG_BYTES] !== COMPRESSED_MARK) return undefined;
  const secret = payload.slice(1, 33);
  payload.fill(0, 1);
  if (!isSecretKey(secret)) return undefined;
  return payload[0] === wif ? { kind: "key", key: { secret, compressed } } : { kind: "foreign" };
}

/** A private key as text. @source exos-l1.md 1.2 */
export function printWif(
  { secret, compressed }: ImportedKey,
  { wif }: { readonly wif: number },
): string {
  return encodeBase58Check(Uint8Array.of(wif, ...secret, ...(compressed ? [COMPRESSED_MARK] : [])));
}
