import { DecodeFault, Reader } from "#shared/codec/reader.ts";
import { lengthSize, Writer } from "#shared/codec/writer.ts";
import { type HashHex, height, unixSeconds } from "#shared/primitives/brand.ts";
import type { CoinKind } from "#shared/primitives/coin.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import type { CoinContent, CoinItem } from "./coin-item.ts";
import { baseMark, isBaseMark, type Mark } from "./mark.ts";

const KINDS: readonly CoinKind[] = ["ordinary", "coinbase", "coinstake"];
const HAS_CONTENT = 4;
/** The usual item of a settled coin: one base mark made it, nothing spent it. */
const IS_SETTLED = 8;

/** Hash bytes of the blocks of the moment: a flush writes the same few hundred thousands of times. */
const hashBytes = new Map<HashHex, Uint8Array>();
const HASHES_MAX = 4_096;

function bytesOf(hash: HashHex): Uint8Array {
  const known = hashBytes.get(hash);
  if (known !== undefined) return known;
  if (hashBytes.size >= HASHES_MAX) hashBytes.clear();
  const bytes = fromHashHex(hash);
  hashBytes.set(hash, bytes);
  return bytes;
}

function putU32(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
  return at + 4;
}

function markSize(mark: Mark): number {
  return isBaseMark(mark) ? 5 : 37;
}

/** @returns where the next value goes */
function putMark(bytes: Uint8Array, at: number, mark: Mark): number {
  const isBase = isBaseMark(mark);
  bytes[at] = isBase ? 1 : 0;
  const after = putU32(bytes, at + 1, mark.height);
  if (isBase) return after;
  bytes.set(bytesOf(mark.hash), after);
  return after + 32;
}

function readMark(reader: Reader): Mark {
  const base = reader.bool();
  const at = height(reader.u32());
  return base ? baseMark(at) : { height: at, hash: toHashHex(reader.hash()) };
}

/** The one mark of an item that a base mark made and nothing spent; `undefined` for any other. */
function settledMark({ creators, spends }: CoinItem): Mark | undefined {
  const [first] = creators;
  if (first === undefined || spends.length > 0 || creators.length > 1) return undefined;
  return isBaseMark(first) ? first : undefined;
}

/** Bytes that `writeCoinItem` takes for an item. */
export function coinItemSize(item: CoinItem): number {
  const { content, creators, spends } = item;
  const length = content?.outputs.length ?? 0;
  let size = 1 + (content === undefined ? 0 : 4 + lengthSize(length) + length);
  if (settledMark(item) !== undefined) return size + 4;
  size += lengthSize(creators.length) + lengthSize(spends.length);
  for (const mark of creators) size += markSize(mark);
  for (const { mark } of spends) size += 1 + markSize(mark);
  return size;
}

/**
 * A coin item as a store of one process keeps it: about 40 bytes for a settled P2PKH coin.
 *
 * @param bytes with room for `coinItemSize` of them from `at` on: what is written for thousands of
 *   items at once need not be allocated for each
 */
export function writeCoinItem(item: CoinItem, bytes: Uint8Array, at: number): void {
  const { content, creators, spends } = item;
  const settled = settledMark(item);
  const kind = content === undefined ? 0 : KINDS.indexOf(content.kind) | HAS_CONTENT;
  bytes[at] = kind | (settled === undefined ? 0 : IS_SETTLED);
  let next = at + 1;
  if (content !== undefined) {
    const { outputs, time } = content;
    next = putCount(bytes, putU32(bytes, next, time), outputs.length);
    bytes.set(outputs, next);
    next += outputs.length;
  }
  if (settled !== undefined) {
    putU32(bytes, next, settled.height);
    return;
  }
  next = putCount(bytes, next, creators.length);
  for (const mark of creators) next = putMark(bytes, next, mark);
  next = putCount(bytes, next, spends.length);
  for (const { mark, slots } of spends) {
    bytes[next] = slots;
    next = putMark(bytes, next + 1, mark);
  }
}

/** A length in its shortest form. */
function putCount(bytes: Uint8Array, at: number, count: number): number {
  if (count < 0xfd) {
    bytes[at] = count;
    return at + 1;
  }
  const length = new Writer(5).length(count).finish();
  bytes.set(length, at);
  return at + length.length;
}

/** @returns an item that holds no view of the bytes @throws DecodeFault when they are no item */
export function decodeCoinItem(bytes: Uint8Array): CoinItem {
  const reader = new Reader(bytes);
  const flags = reader.u8();
  const kind = KINDS[flags & 3];
  if (kind === undefined) throw new DecodeFault(`coin item has flags ${flags}`, 0);
  const content: CoinContent | undefined =
    (flags & HAS_CONTENT) === 0
      ? undefined
      : { time: unixSeconds(reader.u32()), outputs: reader.byteString().slice(), kind };
  if ((flags & IS_SETTLED) !== 0) {
    return { content, creators: [baseMark(height(reader.u32()))], spends: [] };
  }
  const creators = reader.list(5, readMark);
  const spends = reader.list(6, (at) => ({ slots: at.u8(), mark: readMark(at) }));
  return { content, creators, spends };
}
