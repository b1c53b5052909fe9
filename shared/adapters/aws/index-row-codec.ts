import { Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import type { BlockRow } from "#shared/ports/address-index.ts";
import {
  amount,
  type Hash256,
  type HashHex,
  height,
  unixSeconds,
} from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import { binary, bytesOf, type DynamoItem } from "./dynamo-item.ts";
import { SCRIPT_BYTES_MAX } from "./index-entry-codec.ts";
import { hashAt, rowKey } from "./index-keys.ts";

/** A block's row as the table has it: written after every other fact of the block. */
export interface IndexRow {
  /** `makerScript` is absent where it is longer than an item should hold. */
  readonly row: Omit<BlockRow, "makerScript"> & { readonly makerScript: Uint8Array | undefined };
  /** The block before it. */
  readonly prev: HashHex;
}

/** Stands for a script that is read from its block. */
const LONG = Uint8Array.of(0);
const SHORT = Uint8Array.of(1);

/** One item below 1 KB. */
export function encodeRow(row: BlockRow, prev: HashHex): DynamoItem {
  const { makerScript } = row;
  const isLong = makerScript.length > SCRIPT_BYTES_MAX / 2;
  const writer = new Writer()
    .bool(row.proofKind === "stake")
    .u32(row.time)
    .u32(row.transactions)
    .u32(row.inputs)
    .u32(row.outputs)
    .u32(row.size)
    .u64(row.fees)
    .u64(row.reward)
    .u64(BigInt(row.transactionsSum))
    .u64(BigInt(row.coinsSum))
    .u64(row.supply)
    .u64(row.unspendableSum)
    .bytes(isLong ? LONG : SHORT)
    .bytes(isLong ? LONG : makerScript);
  return { ...rowKey(row), p: binary(fromHashHex(prev)), r: binary(writer.finish().slice()) };
}

/** @throws StoreFault, DecodeFault when the item is none */
export function decodeRow(item: DynamoItem): IndexRow {
  const key = bytesOf(item, "sk");
  const reader = new Reader(bytesOf(item, "r"));
  const proofKind = reader.bool() ? "stake" : "work";
  const row = {
    height: height(new DataView(key.buffer, key.byteOffset).getUint32(0)),
    hash: hashAt(key, 4),
    time: unixSeconds(reader.u32()),
    proofKind,
    transactions: reader.u32(),
    inputs: reader.u32(),
    outputs: reader.u32(),
    size: reader.u32(),
    fees: amount(reader.i64()),
    reward: amount(reader.i64()),
    transactionsSum: Number(reader.u64()),
    coinsSum: Number(reader.u64()),
    supply: amount(reader.i64()),
    unspendableSum: amount(reader.i64()),
  } as const;
  const isShort = reader.bool();
  const makerScript = isShort ? reader.take(reader.left).slice() : undefined;
  // Thirty-two bytes that `encodeRow` has written.
  return { row: { ...row, makerScript }, prev: toHashHex(bytesOf(item, "p") as Hash256) };
}
