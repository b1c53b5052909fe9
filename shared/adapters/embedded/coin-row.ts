import { crc32 } from "node:zlib";
import type { CoinItem } from "#shared/coins/coin-item.ts";
import { coinItemSize, writeCoinItem } from "#shared/coins/coin-item-codec.ts";
import { COIN_KEY_BYTES, type CoinKey, decodeCoinKey } from "#shared/coins/coin-key.ts";

/** First byte of the key of every coin item. */
export const COIN = 0x30;
/** Kind and generation before the 34 bytes of a coin key. */
const COIN_PREFIX = 5;
const ROW_KEY_BYTES = COIN_PREFIX + COIN_KEY_BYTES;
/** The CRC-32 before every value. */
export const CHECKSUM_BYTES = 4;

/** Most items take less than a hundred bytes; a larger one goes into the batch as it comes. */
const VALUE_BYTES_MAX = 1_024;
/** Rows that are put in order at once, and the memory for them. */
const ROWS_MAX = 8_192;
const ROWS_BYTES = 1_048_576;
/** In that memory, where the row lies that is handed over, and where the others begin. */
const OUT_KEY = 0;
const OUT_SUM = ROW_KEY_BYTES;
const OUT_VALUE = OUT_SUM + CHECKSUM_BYTES;
const FIRST_ROW = OUT_VALUE + VALUE_BYTES_MAX;

function writeRowKey(row: Uint8Array, start: number, generation: number, key: CoinKey): void {
  row[start] = COIN;
  row[start + 1] = generation >>> 24;
  row[start + 2] = generation >>> 16;
  row[start + 3] = generation >>> 8;
  row[start + 4] = generation;
  const keyAt = start + COIN_PREFIX;
  for (let at = 0; at < COIN_KEY_BYTES; at++) row[keyAt + at] = key.charCodeAt(at);
}

/** Key of a coin item's row: its generation, then the item's key. */
export function coinRowKey(generation: number, key: CoinKey): Uint8Array {
  const row = new Uint8Array(ROW_KEY_BYTES);
  writeRowKey(row, 0, generation, key);
  return row;
}

/** The item's key in the key of its row. */
export function coinKeyOfRow(row: Uint8Array): CoinKey {
  return decodeCoinKey(row.subarray(COIN_PREFIX));
}

/** Bytes with a CRC-32 of key and value before them: LevelDB does not check what it reads. */
export function seal(key: Uint8Array, value: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(CHECKSUM_BYTES + value.length);
  putSum(sealed, 0, crc32(value, crc32(key)));
  sealed.set(value, CHECKSUM_BYTES);
  return sealed;
}

function putSum(bytes: Uint8Array, at: number, sum: number): void {
  bytes[at] = sum;
  bytes[at + 1] = sum >>> 8;
  bytes[at + 2] = sum >>> 16;
  bytes[at + 3] = sum >>> 24;
}

/** Where rows go: what LevelDB copies before the call returns. */
export interface RowSink {
  put(key: Uint8Array, sealed: Uint8Array): void;
  del(key: Uint8Array): void;
}

/**
 * Rows of coin items on their way into a batch. They are written one behind the other into memory
 * that is used again, since thousands of small arrays that native code looks into cost more than
 * what is in them; and they go on by the first bytes of their keys, since a batch in about that
 * order takes LevelDB half the time: each search walks where the last one did.
 */
export class CoinRows {
  readonly #bytes = new Uint8Array(new ArrayBuffer(FIRST_ROW + ROWS_BYTES));
  readonly #outKey = this.#bytes.subarray(OUT_KEY, OUT_SUM);
  /** Views of the row that is handed over, by the size of its value. */
  readonly #outValues: Uint8Array[] = [];
  readonly #ends = new Uint32Array(ROWS_MAX);
  readonly #sums = new Uint32Array(ROWS_MAX);
  readonly #order = new Float64Array(ROWS_MAX);
  #count = 0;
  #end = FIRST_ROW;

  /** Write an item, or that its row is to go. */
  add(sink: RowSink, generation: number, key: CoinKey, item: CoinItem | undefined): void {
    const size = item === undefined ? 0 : coinItemSize(item);
    if (item !== undefined && size > VALUE_BYTES_MAX) {
      const value = new Uint8Array(size);
      writeCoinItem(item, value, 0);
      const row = coinRowKey(generation, key);
      sink.put(row, seal(row, value));
      return;
    }
    const end = this.#end + ROW_KEY_BYTES + size;
    if (this.#count === ROWS_MAX || end > this.#bytes.length) {
      this.handOver(sink);
      this.add(sink, generation, key, item);
      return;
    }
    writeRowKey(this.#bytes, this.#end, generation, key);
    if (item !== undefined) {
      writeCoinItem(item, this.#bytes, this.#end + ROW_KEY_BYTES);
      this.#sums[this.#count] = crc32(this.#bytes.subarray(this.#end, end));
    }
    this.#order[this.#count] =
      (key.charCodeAt(0) * 256 + key.charCodeAt(1)) * ROWS_MAX + this.#count;
    this.#ends[this.#count++] = end;
    this.#end = end;
  }

  /** Hand over what was added. */
  handOver(sink: RowSink): void {
    const bytes = this.#bytes;
    for (const place of this.#order.subarray(0, this.#count).sort()) {
      const at = place % ROWS_MAX;
      const start = at === 0 ? FIRST_ROW : (this.#ends[at - 1] ?? 0);
      const valueAt = start + ROW_KEY_BYTES;
      const end = this.#ends[at] ?? 0;
      bytes.copyWithin(OUT_KEY, start, valueAt);
      // No item is empty.
      if (end === valueAt) sink.del(this.#outKey);
      else {
        putSum(bytes, OUT_SUM, this.#sums[at] ?? 0);
        bytes.copyWithin(OUT_VALUE, valueAt, end);
        sink.put(this.#outKey, this.#outValue(end - valueAt));
      }
    }
    this.#count = 0;
    this.#end = FIRST_ROW;
  }

  #outValue(size: number): Uint8Array {
    const known = this.#outValues[size];
    if (known !== undefined) return known;
    const sealed = this.#bytes.subarray(OUT_SUM, OUT_VALUE + size);
    this.#outValues[size] = sealed;
    return sealed;
  }
}
