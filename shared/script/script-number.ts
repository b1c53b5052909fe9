/** Most bytes of an operand. Results may have more, and are no operands then. */
export const NUMBER_BYTES_MAX = 4;

/** Most bytes of a lock time, which reaches beyond 2038 so. @source BIP65; exos-l1.md 5.3 */
export const LOCK_NUMBER_BYTES_MAX = 5;

/**
 * A script number: little-endian magnitude, the sign in the highest bit of the last byte.
 *
 * @param rules whether a longer form than needed is refused, and the most bytes: 5 at most
 * @returns `undefined` where the reference throws: too long, or longer than needed
 * @source CScriptNum, bitcoin/bitcoin script/script.h
 */
export function decodeScriptNumber(
  bytes: Uint8Array,
  rules: { readonly minimal: boolean; readonly sizeMax: number },
): number | undefined {
  const size = bytes.length;
  if (size === 0) return 0;
  if (size > rules.sizeMax) return undefined;
  const last = Number(bytes[size - 1]);
  const spare = (last & 0x7f) === 0 && (size === 1 || (Number(bytes[size - 2]) & 0x80) === 0);
  if (rules.minimal && spare) return undefined;

  let magnitude = last & 0x7f;
  for (let index = size - 2; index >= 0; index--) {
    magnitude = magnitude * 256 + Number(bytes[index]);
  }
  return last & 0x80 ? -magnitude : magnitude;
}

/** The shortest script number of a safe integer; zero is no bytes at all. */
export function encodeScriptNumber(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value < 0 ? -value : value;
  while (rest > 0) {
    const byte = rest % 256;
    bytes.push(byte);
    rest = (rest - byte) / 256;
  }
  const last = bytes.length - 1;
  const top = bytes[last];
  if (top === undefined) return new Uint8Array(0);
  const sign = value < 0 ? 0x80 : 0;
  if (top & 0x80) bytes.push(sign);
  else bytes[last] = top | sign;
  return Uint8Array.from(bytes);
}
