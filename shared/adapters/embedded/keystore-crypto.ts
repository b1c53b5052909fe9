import {
  argon2Sync,
  createCipheriv,
  createDecipheriv,
  getRandomValues,
  scryptSync,
} from "node:crypto";
import {
  clearBytes,
  type Keystore,
  type KeystoreHead,
  type KeystoreKdf,
  NONCE_BYTES,
  normalizePassword,
  SALT_BYTES,
} from "#shared/wallet/keystore-file.ts";

/** What a new keystore asks of whoever opens it: the numbers of its function, without the salt. */
export type KdfCost =
  | { readonly name: "argon2id"; readonly m: number; readonly t: number; readonly p: number }
  | { readonly name: "scrypt"; readonly n: number; readonly r: number; readonly p: number };

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const TAG_BYTES = 16;

/** Encrypt a secret under a password, with a fresh salt and a fresh nonce. */
export function sealKeystore(
  secret: Uint8Array,
  head: Omit<KeystoreHead, "kdf" | "nonce">,
  { password, cost }: { readonly password: string; readonly cost: KdfCost },
): Keystore {
  const salt = getRandomValues(new Uint8Array(SALT_BYTES));
  const nonce = getRandomValues(new Uint8Array(NONCE_BYTES));
  const whole: KeystoreHead = { ...head, kdf: { ...cost, salt }, nonce };
  const key = keyOf(password, whole.kdf);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(clearBytes(whole));
  const pieces = [cipher.update(secret), cipher.final(), cipher.getAuthTag()];
  key.fill(0);
  return { ...whole, ciphertext: Uint8Array.from(Buffer.concat(pieces)) };
}

/** @returns the secret; `undefined` for a wrong password or a file that was changed */
export function openKeystore(keystore: Keystore, password: string): Uint8Array | undefined {
  const { ciphertext, nonce } = keystore;
  const key = keyOf(password, keystore.kdf);
  const tagAt = ciphertext.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(clearBytes(keystore))
    .setAuthTag(ciphertext.subarray(tagAt));
  key.fill(0);
  const plain = decipher.update(ciphertext.subarray(0, tagAt));
  try {
    decipher.final();
  } catch {
    // The tag is wrong, and nothing that was decrypted may be looked at.
    plain.fill(0);
    return undefined;
  }
  const secret = Uint8Array.from(plain);
  plain.fill(0);
  return secret;
}

function keyOf(password: string, { salt: nonce, ...kdf }: KeystoreKdf): Uint8Array {
  const message = new TextEncoder().encode(normalizePassword(password));
  try {
    if (kdf.name === "scrypt") {
      const { n: N, r, p } = kdf;
      // What OpenSSL counts is a little more than the table.
      const maxmem = 128 * N * r + 128 * r * p + 2 ** 20;
      return scryptSync(message, nonce, KEY_BYTES, { N, r, p, maxmem });
    }
    const { m: memory, t: passes, p: parallelism } = kdf;
    const cost = { memory, passes, parallelism, tagLength: KEY_BYTES };
    return argon2Sync("argon2id", { message, nonce, ...cost });
  } finally {
    message.fill(0);
  }
}
