import type { Reader } from "#shared/codec/reader.ts";
import type { Writer } from "#shared/codec/writer.ts";
import { amount, type Hash256, height, unixSeconds } from "#shared/primitives/brand.ts";
import type { Coin, CoinKind } from "#shared/primitives/coin.ts";
import type { ItemMarks } from "./coin-item.ts";
import { type CoinKey, coinKeyOfChunk, SLOTS_PER_ITEM, slotOf } from "./coin-key.ts";
import { baseMark } from "./mark.ts";
import { packOutputs } from "./pack-outputs.ts";

/** A coin with its outpoint, as a snapshot lists it. */
export interface SnapshotCoin {
  readonly txid: Hash256;
  readonly index: number;
  readonly coin: Coin;
}

const KINDS: readonly CoinKind[] = ["ordinary", "coinbase", "coinstake"];

/** txid, u32 index, u32 height, u8 kind, u32 transaction time, i64 value, script whole. */
export function writeSnapshotCoin({ txid, index, coin }: SnapshotCoin, writer: Writer): void {
  writer.bytes(txid).u32(index).u32(coin.height).u8(KINDS.indexOf(coin.kind)).u32(coin.time);
  writer.i64(coin.value).byteString(coin.scriptPubKey);
}

/** @returns views of the bytes @throws DecodeFault when they are no coin */
export function readSnapshotCoin(reader: Reader): SnapshotCoin {
  const txid = reader.hash();
  const index = reader.u32();
  const createdAt = height(reader.u32());
  const at = reader.offset;
  const kind = KINDS[reader.u8()] ?? reader.fail("no kind of coin", at);
  const time = unixSeconds(reader.u32());
  const value = amount(reader.i64());
  const scriptPubKey = reader.byteString();
  return { txid, index, coin: { value, scriptPubKey, time, height: createdAt, kind } };
}

/** Stands where a snapshot knows nothing of an output but that it is spent. */
const UNKNOWN = { value: amount(0n), scriptPubKey: Uint8Array.of(0x6a) };

/**
 * The item of coins that share one, with a base mark as creator. Outputs that the snapshot leaves
 * out are spent by a base mark, so that a block below the snapshot that is applied once more cannot
 * revive them.
 *
 * @param coins of one item, by index; at least one
 * @throws RangeError when they were not made together
 */
export function itemOfCoins(coins: readonly SnapshotCoin[]): ItemMarks {
  const [first] = coins;
  if (first === undefined) throw new RangeError("an item has at least one coin");
  const { height: createdAt, time, kind } = first.coin;
  const chunk = first.index >>> 3;
  let present = 0;
  const outputs = new Array<SnapshotCoin["coin"] | typeof UNKNOWN>(SLOTS_PER_ITEM).fill(UNKNOWN);
  for (const { index, coin } of coins) {
    if (coin.height !== createdAt || coin.time !== time || coin.kind !== kind) {
      throw new RangeError("coins of one transaction differ in height, time or kind");
    }
    outputs[slotOf(index)] = coin;
    present |= 1 << slotOf(index);
  }
  const key: CoinKey = coinKeyOfChunk(first.txid, chunk);
  const created = { outputs: packOutputs(outputs), time, kind };
  return { key, mark: baseMark(createdAt), created, spent: 0xff & ~present };
}
