import type { Reader } from "#shared/codec/reader.ts";

/** Nothing of 64 bits is longer. */
const BYTES_MAX = 10;

/**
 * A number in base 128, highest digits first, each byte but the last with its high bit set; every
 * continuation adds one, so that no number has two forms. Only in the reference's stores.
 *
 * @source CompactVarInt, NBitcoin/Protocol/VarInt.cs (EXOSFullNode e61c2e61); exos-l1.md 2.1
 */
export function encodeCompactVarInt(value: bigint): Uint8Array {
  const digits = [Number(value & 0x7fn)];
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) {
    rest -= 1n;
    digits.push(Number(rest & 0x7fn) | 0x80);
  }
  return Uint8Array.from(digits.reverse());
}

/** @throws DecodeFault when the bytes run out, or the number is none of 64 bits */
export function readCompactVarInt(reader: Reader): bigint {
  const start = reader.offset;
  let value = 0n;
  for (let count = 0; count < BYTES_MAX; count++) {
    const byte = reader.u8();
    value = (value << 7n) | BigInt(byte & 0x7f);
    if ((byte & 0x80) === 0) {
      if (value < 1n << 64n) return value;
      break;
    }
    value += 1n;
  }
  return reader.fail("number has more than 64 bits", start);
}
