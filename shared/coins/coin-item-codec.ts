import { DecodeFault, Reader } from "#shared/codec/reader.ts";
import { lengthSize, Writer } from "#shared/codec/writer.ts";
import { type HashHex, height, unixSeconds } from "#shared/primitives/brand.ts";
import type { CoinKind } from "#shared/primitives/coin.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import type { CoinContent, CoinItem } from "./coin-item.ts";
import { baseMark, isBaseMark, type Mark } from "./mark.ts";

const KINDS: readonly CoinKind[] = ["ordinary", "coinbase", "coinstake"];
const NOTHING = new Uint8Array(0);
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

/** A coin item as a store of one process keeps it: about 40 bytes for a settled P2PKH coin. */
export function encodeCoinItem(item: CoinItem): Uint8Array {
  const { content, creators, spends } = item;
  const [first] = creators;
  const settled =
    spends.length === 0 && creators.length === 1 && first !== undefined && isBaseMark(first);
  const kind = content === undefined ? 0 : KINDS.indexOf(content.kind);
  const outputs = content?.outputs ?? NOTHING;
  let size = 1 + (content === undefined ? 0 : 4 + lengthSize(outputs.length) + outputs.length);
  if (settled) size += 4;
  else {
    size += lengthSize(creators.length) + lengthSize(spends.length);
    for (const mark of creators) size += markSize(mark);
    for (const { mark } of spends) size += 1 + markSize(mark);
  }

  const bytes = new Uint8Array(size);
  bytes[0] = kind | (content === undefined ? 0 : HAS_CONTENT) | (settled ? IS_SETTLED : 0);
  let at = 1;
  if (content !== undefined) {
    at = putCount(bytes, putU32(bytes, at, content.time), outputs.length);
    bytes.set(outputs, at);
    at += outputs.length;
  }
  if (settled) {
    putU32(bytes, at, first.height);
    return bytes;
  }
  at = putCount(bytes, at, creators.length);
  for (const mark of creators) at = putMark(bytes, at, mark);
  at = putCount(bytes, at, spends.length);
  for (const { mark, slots } of spends) {
    bytes[at] = slots;
    at = putMark(bytes, at + 1, mark);
  }
  return bytes;
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
