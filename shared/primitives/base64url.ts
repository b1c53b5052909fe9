import { base64urlnopad } from "@scure/base";

/** Bytes as text for URLs, without padding. @source RFC 4648, 5 */
export function toBase64Url(bytes: Uint8Array): string {
  return base64urlnopad.encode(bytes);
}

/** @returns `undefined` unless `toBase64Url` makes this text of some bytes */
export function parseBase64Url(text: string): Uint8Array | undefined {
  try {
    return base64urlnopad.decode(text);
  } catch {
    // It says which character is wrong; nobody asks here.
    return undefined;
  }
}
