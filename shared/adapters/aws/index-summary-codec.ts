import { Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import type { OwnerSum } from "#shared/ports/address-index.ts";
import {
  amount,
  type Hash256,
  type HashHex,
  height,
  unixSeconds,
} from "#shared/primitives/brand.ts";
import type { CoinKind } from "#shared/primitives/coin.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { binary, bytesOf, type DynamoItem, numberOf, numeric } from "./dynamo-item.ts";
import { keyOf, SUMMARY_SORT } from "./index-keys.ts";
import { type OwnerCoin, type OwnerSummary, SUMMARY_COINS_MAX } from "./owner-tally.ts";

/** A summary as it is stored: of an owner's history up to a final height, inclusive. */
export interface StoredSummary extends OwnerSummary {
  readonly up: number;
  /** Of the block at that height; `undefined` in summaries that were stored without it. */
  readonly hash: HashHex | undefined;
  readonly rev: number;
}

const KINDS: readonly CoinKind[] = ["ordinary", "coinbase", "coinstake"];
const NO_SCRIPT = new Uint8Array(0);
/** Owners have few scripts: each is written once, and coins name it. */
const SCRIPTS_BYTES_MAX = 40_000;

/** Key of an owner's summary. */
export function summaryKey(part: Uint8Array): DynamoItem {
  return keyOf(part, SUMMARY_SORT);
}

/** At most 330 KB: 4,096 coins of 69 bytes, and their scripts. */
export function encodeSummary(part: Uint8Array, summary: StoredSummary): DynamoItem {
  const { up, hash, rev, kinds, coins } = summary;
  const writer = new Writer();
  for (const kind of KINDS) {
    const { transactions, received, sent } = kinds[kind];
    writer.u64(BigInt(transactions)).bytes(wide(received)).bytes(wide(sent));
  }
  writer.u64(BigInt(coins));
  const { scripts, list } = listed(summary.list);
  writer.bool(list !== undefined);
  writer.list(scripts, (script) => writer.byteString(script));
  writer.list(list ?? [], ({ coin, script }) => {
    writer.bytes(fromHashHex(coin.txid)).length(coin.index).length(script).u64(coin.value);
    writer.u32(coin.height).u32(coin.position).u32(coin.madeAt).u32(coin.time);
    writer.u8(KINDS.indexOf(coin.kind));
  });
  return {
    ...summaryKey(part),
    up: numeric(up),
    ...(hash !== undefined && { hash: binary(fromHashHex(hash)) }),
    rev: numeric(rev),
    d: binary(writer.finish().slice()),
  };
}

/** @throws StoreFault, DecodeFault when the item is none */
export function decodeSummary(item: DynamoItem): StoredSummary {
  const reader = new Reader(bytesOf(item, "d"));
  const sums = KINDS.map((): OwnerSum => {
    const transactions = Number(reader.u64());
    return { transactions, received: amount(narrow(reader)), sent: amount(narrow(reader)) };
  });
  const [ordinary, coinbase, coinstake] = sums;
  if (ordinary === undefined || coinbase === undefined || coinstake === undefined) {
    throw new RangeError("a summary has three kinds");
  }
  const coins = Number(reader.u64());
  const isListed = reader.bool();
  const scripts = reader.list(1, () => reader.byteString().slice());
  const list = reader.list(59, () => readCoin(reader, scripts));
  return {
    up: numberOf(item, "up"),
    // Thirty-two bytes that `encodeSummary` has written.
    hash: item["hash"] && toHashHex(bytesOf(item, "hash") as Hash256),
    rev: numberOf(item, "rev"),
    kinds: { ordinary, coinbase, coinstake },
    coins,
    list: isListed ? list : undefined,
  };
}

function readCoin(reader: Reader, scripts: readonly Uint8Array[]): OwnerCoin {
  const txid = toHashHex(reader.hash());
  const index = reader.count();
  const script = scripts[reader.count()];
  const value = amount(reader.u64());
  const place = { height: reader.u32(), position: reader.u32(), index };
  const madeAt = height(reader.u32());
  const time = unixSeconds(reader.u32());
  const kind = KINDS[reader.u8()] ?? "ordinary";
  const scriptPubKey = script === undefined || script.length === 0 ? undefined : script;
  return { txid, ...place, madeAt, value, scriptPubKey, time, kind };
}

/** Coins with the number of their script; no list where it would not fit. */
function listed(list: readonly OwnerCoin[] | undefined) {
  const numbers = new Map<string, number>();
  const scripts: Uint8Array[] = [];
  let bytes = 0;
  if (list === undefined || list.length > SUMMARY_COINS_MAX) return { scripts, list: undefined };
  const numbered = list.map((coin) => {
    const script = coin.scriptPubKey ?? NO_SCRIPT;
    const name = toHex(script);
    const number = numbers.get(name) ?? scripts.length;
    if (number === scripts.length) {
      numbers.set(name, number);
      scripts.push(script);
      bytes += script.length;
    }
    return { coin, script: number };
  });
  if (bytes <= SCRIPTS_BYTES_MAX) return { scripts, list: numbered };
  return { scripts: [], list: undefined };
}

/** Sixteen bytes: what a busy owner turns over passes 2^63. */
function wide(value: bigint): Uint8Array {
  return new Writer(16)
    .u64(value & 0xffff_ffff_ffff_ffffn)
    .u64(value >> 64n)
    .finish();
}

function narrow(reader: Reader): bigint {
  const low = reader.u64();
  return low | (reader.u64() << 64n);
}
