import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

/** Bytes as lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return bytesToHex(bytes);
}

/** Bytes of hex that we wrote ourselves. @throws when it is not: a bug in the caller */
export function fromHex(hex: string): Uint8Array {
  return hexToBytes(hex);
}

/** Bytes of hex in either case. @returns `undefined` unless it is whole bytes of hex digits */
export function parseHex(text: string): Uint8Array | undefined {
  return /^(?:[0-9a-fA-F]{2})*$/.test(text) ? hexToBytes(text) : undefined;
}
