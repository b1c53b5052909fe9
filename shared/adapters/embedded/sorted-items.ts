import { createReadStream, createWriteStream, type ReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { coinItemSize, decodeCoinItem, writeCoinItem } from "#shared/coins/coin-item-codec.ts";
import { COIN_KEY_BYTES, type CoinKey, decodeCoinKey } from "#shared/coins/coin-key.ts";
import type { ScannedItem } from "#shared/ports/coin-store.ts";
import { storeFaultOf } from "./store-fault-of.ts";

/**
 * Items sorted in one go. Whoever waits for an answer meanwhile reads none: on a quarter of a core a
 * whole run would take longer than a request may.
 */
const BATCH_ITEMS = 20_000;
const RUN_BATCHES = 25;
/** Items in memory at once, a few hundred bytes each. What is more goes to disk in sorted runs. */
export const RUN_ITEMS = RUN_BATCHES * BATCH_ITEMS;

const LENGTH_BYTES = 4;
const HEAD_BYTES = COIN_KEY_BYTES + LENGTH_BYTES;
/** Bytes handed to a file at once. */
const PIECE_BYTES = 1_048_576;

interface SortOptions {
  /** Where the runs lie while they are merged: a fresh folder below it. */
  readonly folder: string;
  readonly batchItems?: number;
  readonly runBatches?: number;
}

const byKey = (a: ScannedItem, b: ScannedItem): number => (a.key < b.key ? -1 : 1);

/**
 * Items in order of their keys, however many there are: up to `RUN_ITEMS` in memory, sorted runs of
 * so many on disk, merged as they are read. A folder of its own is there only meanwhile.
 *
 * @param items each key once, in any order
 * @throws StoreFault `EXOS-E1002` where the folder cannot be written, `E1003` where its disk is full
 * @source cloud.md 5.3
 */
export async function* sortedItems(
  items: AsyncIterable<ScannedItem>,
  { folder, batchItems = BATCH_ITEMS, runBatches = RUN_BATCHES }: SortOptions,
): AsyncGenerator<ScannedItem> {
  let batch: ScannedItem[] = [];
  let run: ScannedItem[][] = [];
  const files: string[] = [];
  let own: string | undefined;
  try {
    for await (const item of items) {
      batch.push(item);
      if (batch.length < batchItems) continue;
      run.push(batch.sort(byKey));
      batch = [];
      if (run.length < runBatches) continue;
      own ??= await makeFolder(folder);
      files.push(await writeRun(run, join(own, String(files.length))));
      run = [];
    }
    run.push(batch.sort(byKey));
    const runs = [...files.map(readRun), ...run.map(inMemory)];
    try {
      yield* merge(runs);
    } finally {
      // Whoever stops in the middle leaves files open.
      await Promise.all(runs.map((left) => left.return(undefined)));
    }
  } finally {
    if (own !== undefined) await rm(own, { recursive: true, force: true });
  }
}

const SORTING = "sorting the coins";

async function makeFolder(folder: string): Promise<string> {
  try {
    return await mkdtemp(join(folder, "exos-sort-"));
  } catch (cause) {
    throw storeFaultOf(cause, folder, SORTING);
  }
}

/** @returns the file */
async function writeRun(run: readonly ScannedItem[][], file: string): Promise<string> {
  try {
    const pieces = piecesOf(merge(run.map(inMemory)));
    await pipeline(Readable.from(pieces), createWriteStream(file));
    return file;
  } catch (cause) {
    throw storeFaultOf(cause, dirname(file), SORTING);
  }
}

async function* inMemory(items: readonly ScannedItem[]): AsyncGenerator<ScannedItem> {
  yield* items;
}

/** A run as bytes: of each item its key, its length, and what `writeCoinItem` makes of it. */
async function* piecesOf(run: AsyncIterable<ScannedItem>): AsyncGenerator<Uint8Array> {
  let piece = new Uint8Array(PIECE_BYTES);
  let end = 0;
  for await (const { key, item } of run) {
    const size = coinItemSize(item);
    const needed = HEAD_BYTES + size;
    if (end + needed > piece.length) {
      yield piece.subarray(0, end);
      piece = new Uint8Array(Math.max(PIECE_BYTES, needed));
      end = 0;
    }
    writeKey(piece, end, key);
    new DataView(piece.buffer).setUint32(end + COIN_KEY_BYTES, size);
    writeCoinItem(item, piece, end + HEAD_BYTES);
    end += needed;
  }
  yield piece.subarray(0, end);
}

function writeKey(bytes: Uint8Array, start: number, key: CoinKey): void {
  for (let at = 0; at < COIN_KEY_BYTES; at++) bytes[start + at] = key.charCodeAt(at);
}

async function* readRun(file: string): AsyncGenerator<ScannedItem> {
  try {
    yield* itemsOf(createReadStream(file, { highWaterMark: PIECE_BYTES }));
  } catch (cause) {
    throw storeFaultOf(cause, dirname(file), SORTING);
  }
}

async function* itemsOf(pieces: ReadStream): AsyncGenerator<ScannedItem> {
  let left = Buffer.alloc(0);
  for await (const piece of pieces) {
    // A stream without an encoding hands out buffers.
    left = Buffer.concat([left, piece as Buffer]);
    let at = 0;
    while (left.length - at >= HEAD_BYTES) {
      const end = at + HEAD_BYTES + left.readUInt32BE(at + COIN_KEY_BYTES);
      if (end > left.length) break;
      const key = decodeCoinKey(left.subarray(at, at + COIN_KEY_BYTES));
      yield { key, item: decodeCoinItem(Uint8Array.from(left.subarray(at + HEAD_BYTES, end))) };
      at = end;
    }
    left = left.subarray(at);
  }
}

/** Few runs: the smallest head is looked for among all of them. */
async function* merge(runs: readonly AsyncGenerator<ScannedItem>[]): AsyncGenerator<ScannedItem> {
  const heads = await Promise.all(
    runs.map(async (run) => ({ run, head: (await run.next()).value as ScannedItem | undefined })),
  );
  for (;;) {
    let least: (typeof heads)[number] | undefined;
    for (const one of heads) {
      if (one.head === undefined) continue;
      if (least?.head === undefined || one.head.key < least.head.key) least = one;
    }
    if (least?.head === undefined) return;
    yield least.head;
    const next = await least.run.next();
    least.head = next.done === true ? undefined : next.value;
  }
}
