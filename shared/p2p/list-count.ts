import { decodeWhole } from "#shared/codec/decode-whole.ts";

/**
 * How many items the list of a payload has, before any of them is decoded: who sends too many is
 * banned for the price of reading a number.
 *
 * @param itemBytesMin fewest bytes of one item
 * @returns 0 where so many cannot stand there: the decoder will say so
 */
export function listCount(payload: Uint8Array, itemBytesMin: number): number {
  const count = decodeWhole(payload, (reader) => reader.count());
  return count.ok && count.value * itemBytesMin <= payload.length ? count.value : 0;
}
