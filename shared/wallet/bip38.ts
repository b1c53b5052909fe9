import { decryptAesBlocks } from "#shared/crypto/aes-blocks.ts";
import { hash160, hash256 } from "#shared/crypto/hashes.ts";
import { isSecretKey, publicKeyOf } from "#shared/crypto/sign-digest.ts";
import { type Scrypt, scrypt } from "#shared/crypto/stretch.ts";
import { decodeBase58Check } from "#shared/primitives/base58.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import { type AddressFormat, printAddress } from "#shared/script/address.ts";
import type { ImportedKey } from "#shared/wallet/wallet-secret.ts";

/** Version, flags, four bytes of the address' hash, two blocks. @source BIP38; exos-l1.md 1.2 */
const PAYLOAD_BYTES = 39;
const VERSION = [0x01, 0x42];
const FLAGS_PLAIN = 0xc0;
const FLAG_COMPRESSED = 0x20;
/** Some 16 MiB, and half a second. @source BIP38 */
const COST = { n: 16_384, r: 8, p: 8 };

/** Whether a text is a private key under a password. */
export function isBip38(text: string): boolean {
  return payloadOf(text) !== undefined;
}

function payloadOf(text: string): Uint8Array | undefined {
  const payload = decodeBase58Check(text);
  if (payload?.length !== PAYLOAD_BYTES) return undefined;
  const [first, second] = payload;
  const isPlain = (Number(payload[2]) & ~FLAG_COMPRESSED) === FLAGS_PLAIN;
  return first === VERSION[0] && second === VERSION[1] && isPlain ? payload : undefined;
}

/**
 * Open a private key under a password; only keys that were not multiplied are read. It holds four
 * bytes of a hash of its address, so a wrong password passes for a right one once in 2^32.
 *
 * @returns refusals E5002, for a wrong password or network, and E5009
 * @source BIP38; BitcoinEncryptedSecret.cs (EXOSFullNode e61c2e61)
 */
export function openBip38(
  text: string,
  password: string,
  addresses: AddressFormat,
  stretch: Scrypt = scrypt,
): Result<ImportedKey, Refusal> {
  const payload = payloadOf(text);
  if (payload === undefined) return refusal("EXOS-E5009", "This is no key under a password.");
  const salt = payload.subarray(3, 7);
  const derived = stretch(password.normalize("NFC"), salt, COST, 64);
  const secret = decryptAesBlocks(derived.subarray(32), payload.subarray(7));
  for (const [index, mask] of derived.subarray(0, 32).entries()) {
    secret[index] = Number(secret[index]) ^ mask;
  }
  derived.fill(0);
  const compressed = (Number(payload[2]) & FLAG_COMPRESSED) !== 0;
  const key = { secret, compressed };
  if (isSecretKey(secret) && equalBytes(addressHash(key, addresses), salt)) {
    return { ok: true, value: key };
  }
  secret.fill(0);
  return refusal("EXOS-E5002", "The password does not open this key, or it is another network's.");
}

function addressHash({ secret, compressed }: ImportedKey, format: AddressFormat): Uint8Array {
  const hash = hash160(publicKeyOf(secret, compressed));
  const address = printAddress({ kind: "p2pkh", hash }, format);
  return hash256(new TextEncoder().encode(address)).subarray(0, 4);
}
