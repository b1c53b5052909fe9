import { ecb } from "@noble/ciphers/aes.js";

/**
 * Decrypt whole blocks of AES-256, each for itself: for formats of others that join the blocks in
 * their own way. Nothing here tells whether the key was right.
 *
 * @param key 32 bytes
 * @param blocks a multiple of 16 bytes
 * @source FIPS 197
 */
export function decryptAesBlocks(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  return ecb(key, { disablePadding: true }).decrypt(blocks);
}
