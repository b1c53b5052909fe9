import { DecodeFault, Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import { height, unixSeconds } from "#shared/primitives/brand.ts";
import type { CoinKind } from "#shared/primitives/coin.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import type { CoinContent, CoinItem } from "./coin-item.ts";
import { baseMark, isBaseMark, type Mark } from "./mark.ts";

const KINDS: readonly CoinKind[] = ["ordinary", "coinbase", "coinstake"];
const HAS_CONTENT = 4;
/** The usual item of a settled coin: one base mark made it, nothing spent it. */
const IS_SETTLED = 8;

function writeMark(writer: Writer, mark: Mark): void {
  const base = isBaseMark(mark);
  writer.bool(base).u32(mark.height);
  if (!base) writer.bytes(fromHashHex(mark.hash));
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
  const writer = new Writer(64 + 40 * (creators.length + spends.length));
  writer.u8(kind | (content === undefined ? 0 : HAS_CONTENT) | (settled ? IS_SETTLED : 0));
  if (content !== undefined) writer.u32(content.time).byteString(content.outputs);
  if (settled) return writer.u32(first.height).finish();
  writer.list(creators, (mark) => writeMark(writer, mark));
  writer.list(spends, ({ mark, slots }) => {
    writer.u8(slots);
    writeMark(writer, mark);
  });
  return writer.finish();
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
