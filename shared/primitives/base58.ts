import { sha256 } from "@noble/hashes/sha2.js";
import { createBase58check } from "@scure/base";

const coder = createBase58check(sha256);

/** Longest text worth decoding: BIP38 keys have 58 characters, extended keys 111. */
const TEXT_LENGTH_MAX = 112;

/** Base58 with a checksum of four bytes. */
export function encodeBase58Check(payload: Uint8Array): string {
  return coder.encode(payload);
}

/** @returns the bytes before the checksum; `undefined` when alphabet or checksum are wrong */
export function decodeBase58Check(text: string): Uint8Array | undefined {
  if (text.length > TEXT_LENGTH_MAX) return undefined;
  try {
    return coder.decode(text);
  } catch {
    return undefined;
  }
}
