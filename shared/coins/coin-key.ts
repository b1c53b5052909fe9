import type { Brand, Hash256 } from "#shared/primitives/brand.ts";

/** Outputs that share one coin item. @source cloud.md 3.2 */
export const SLOTS_PER_ITEM = 8;

/** No transaction has an output at this index or above: chunks are u16, blocks are far smaller. */
export const OUTPUTS_MAX = SLOTS_PER_ITEM * 0x1_0000;

/** Bytes of a key: txid in wire order, then u16 chunk, big-endian, so that order is by outpoint. */
export const COIN_KEY_BYTES = 34;

/**
 * Name of a coin item: the 34 bytes as one character each. Safe as a Map key and ordered as the
 * bytes are; a tenth of the cost of hex. Not for printing.
 */
export type CoinKey = Brand<string, "CoinKey">;

/** The item that holds an output. @param index of the output, below `OUTPUTS_MAX` */
export function coinKeyOf(txid: Hash256, index: number): CoinKey {
  return coinKeyOfChunk(txid, index >>> 3);
}

/** @param chunk outputs 8 × chunk to 8 × chunk + 7 */
export function coinKeyOfChunk(txid: Hash256, chunk: number): CoinKey {
  if (txid.length !== 32 || chunk > 0xffff) throw new RangeError(`no coin key: chunk ${chunk}`);
  const units = new Array<number>(COIN_KEY_BYTES);
  for (let at = 0; at < 32; at++) units[at] = txid[at] ?? 0;
  units[32] = chunk >>> 8;
  units[33] = chunk & 0xff;
  return String.fromCharCode.apply(undefined, units) as CoinKey;
}

/** Place of an output in its item. */
export function slotOf(index: number): number {
  return index & 7;
}

/** Number of the item among those of its transaction. */
export function chunkOf(key: CoinKey): number {
  return (key.charCodeAt(32) << 8) | key.charCodeAt(33);
}

/** The 32 characters that the items of one transaction share. */
export function txidPartOf(key: CoinKey): string {
  return key.slice(0, 32);
}

/** Id of the transaction, fresh. */
export function txidOfKey(key: CoinKey): Hash256 {
  return encodeCoinKey(key).subarray(0, 32) as Hash256; // the first 32 bytes of a key are one
}

/** @returns bytes of the caller */
export function encodeCoinKey(key: CoinKey): Uint8Array {
  const bytes = new Uint8Array(COIN_KEY_BYTES);
  for (let at = 0; at < COIN_KEY_BYTES; at++) bytes[at] = key.charCodeAt(at);
  return bytes;
}

/** @throws RangeError unless there are 34 bytes */
export function decodeCoinKey(bytes: Uint8Array): CoinKey {
  if (bytes.length !== COIN_KEY_BYTES) throw new RangeError(`coin key of ${bytes.length} bytes`);
  const units = new Array<number>(COIN_KEY_BYTES);
  for (let at = 0; at < COIN_KEY_BYTES; at++) units[at] = bytes[at] ?? 0;
  return String.fromCharCode.apply(undefined, units) as CoinKey;
}
