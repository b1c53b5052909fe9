import { Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import {
  type Amount,
  amount,
  type Hash256,
  type HashHex,
  type Height,
  height,
  type UnixSeconds,
  unixSeconds,
} from "#shared/primitives/brand.ts";
import type { CoinKind } from "#shared/primitives/coin.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import { binary, bytesOf, type DynamoItem } from "./dynamo-item.ts";
import { decodeEntrySort, type EntryPlace, entrySort, keyOf } from "./index-keys.ts";

/** A longer script is not written down: whoever wants it reads it from its block. */
export const SCRIPT_BYTES_MAX = 1_024;
/** Ins and outs of one item, below the 400 KB that an item may have. */
const PART_BYTES_MAX = 200_000;
const HEADER_BYTES = 40;

const KINDS: readonly CoinKind[] = ["ordinary", "coinbase", "coinstake"];
const SEEDED = 0x80;

/** An output to an owner. */
export interface EntryOut {
  readonly index: number;
  readonly value: Amount;
  /** `undefined` where it is longer than `SCRIPT_BYTES_MAX`. */
  readonly scriptPubKey: Uint8Array | undefined;
}

/** An input that spends an owner's output. */
export interface EntryIn {
  readonly input: number;
  readonly txid: Hash256;
  readonly index: number;
}

/** What one transaction of one block did to one owner: a fact, on whichever branch. */
export interface IndexEntry extends EntryPlace {
  readonly txid: HashHex;
  readonly kind: CoinKind;
  /** Of the transaction. */
  readonly time: UnixSeconds;
  readonly blockTime: UnixSeconds;
  /** Of the block that made the outputs, where the history begins above it. */
  readonly madeAt: Height | undefined;
  /** Sum over `outs`. */
  readonly received: Amount;
  /** Sum over what `ins` spend. */
  readonly sent: Amount;
  readonly outs: readonly EntryOut[];
  readonly ins: readonly EntryIn[];
}

/**
 * The items of an entry: one, but for transactions with thousands of ins or outs of one owner.
 * Written whole, so that writing them again changes nothing.
 *
 * @param part the owner's partition
 */
export function encodeEntry(part: Uint8Array, entry: IndexEntry): DynamoItem[] {
  return partsOf(entry).map((piece, number) => ({
    ...keyOf(part, entrySort(entry, number)),
    t: binary(fromHashHex(entry.txid)),
    d: binary(encodeDetails({ ...piece, sent: number === 0 ? entry.sent : amount(0n) })),
  }));
}

/** @returns one item's share of an entry @throws StoreFault, DecodeFault when it is none */
export function decodeEntry(item: DynamoItem): IndexEntry {
  const reader = new Reader(bytesOf(item, "d"));
  const flags = reader.u8();
  const time = unixSeconds(reader.u32());
  const blockTime = unixSeconds(reader.u32());
  const madeAt = (flags & SEEDED) === 0 ? undefined : height(reader.u32());
  const sent = amount(reader.u64());
  const outs = reader.list(10, () => {
    const index = reader.count();
    const value = amount(reader.u64());
    const script = reader.byteString().slice();
    return { index, value, scriptPubKey: script.length === 0 ? undefined : script };
  });
  const ins = reader.list(34, () => ({
    input: reader.count(),
    txid: reader.hash(),
    index: reader.count(),
  }));
  return {
    ...decodeEntrySort(bytesOf(item, "sk")),
    // Thirty-two bytes that `encodeEntry` has written.
    txid: toHashHex(bytesOf(item, "t") as Hash256),
    kind: KINDS[flags & ~SEEDED] ?? "ordinary",
    time,
    blockTime,
    madeAt,
    received: amount(outs.reduce((sum, { value }) => sum + value, 0n)),
    sent,
    outs,
    ins,
  };
}

/** Two shares of one entry as one. */
export function joinEntries(a: IndexEntry, b: IndexEntry): IndexEntry {
  return {
    ...a,
    received: amount(a.received + b.received),
    sent: amount(a.sent + b.sent),
    outs: [...a.outs, ...b.outs],
    ins: [...a.ins, ...b.ins],
  };
}

function encodeDetails(entry: IndexEntry): Uint8Array {
  const { kind, time, blockTime, madeAt, sent, outs, ins } = entry;
  const flags = KINDS.indexOf(kind) | (madeAt === undefined ? 0 : SEEDED);
  const writer = new Writer().u8(flags).u32(time).u32(blockTime);
  if (madeAt !== undefined) writer.u32(madeAt);
  writer.u64(sent);
  writer.list(outs, ({ index, value, scriptPubKey }) =>
    writer
      .length(index)
      .u64(value)
      .byteString(scriptPubKey ?? new Uint8Array(0)),
  );
  writer.list(ins, ({ input, txid, index }) => writer.length(input).bytes(txid).length(index));
  return writer.finish().slice();
}

/** The entry cut where its items end; each has something, and the first may have nothing. */
function partsOf(entry: IndexEntry): IndexEntry[] {
  const parts: { outs: EntryOut[]; ins: EntryIn[] }[] = [];
  let room = 0;
  const partFor = (bytes: number) => {
    let part = parts.at(-1);
    if (part === undefined || room < bytes) {
      part = { outs: [], ins: [] };
      parts.push(part);
      room = PART_BYTES_MAX - HEADER_BYTES;
    }
    room -= bytes;
    return part;
  };
  partFor(0);
  for (const out of entry.outs) partFor(20 + (out.scriptPubKey?.length ?? 0)).outs.push(out);
  for (const spent of entry.ins) partFor(42).ins.push(spent);
  return parts.map((part) => ({ ...entry, ...part }));
}
