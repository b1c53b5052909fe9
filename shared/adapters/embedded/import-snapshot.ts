import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DecodeFault, Reader } from "#shared/codec/reader.ts";
import { checkSnapshotHeader } from "#shared/coins/check-snapshot-header.ts";
import type { ItemMarks } from "#shared/coins/coin-item.ts";
import { coinKeyOf, OUTPUTS_MAX, slotOf } from "#shared/coins/coin-key.ts";
import { judgeSet, type SetTrust } from "#shared/coins/judge-set.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import { itemOfCoins, readSnapshotCoin, type SnapshotCoin } from "#shared/coins/snapshot-coin.ts";
import {
  parseManifest,
  type SnapshotFile,
  type SnapshotManifest,
} from "#shared/coins/snapshot-manifest.ts";
import type { NextTip } from "#shared/coins/tip.ts";
import { FROZEN_GROUP, type FrozenGroup } from "#shared/coins/view.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { readHeaderRecord } from "#shared/consensus/header-record-codec.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { BufferedCoinStore, CoinStore } from "#shared/ports/coin-store.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import { type HashHex, height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { storeFault } from "./store-fault-of.ts";
import { hashFile, readZstdRecords } from "./zstd-file.ts";

/** Items between two looks at how much waits for a flush. */
const APPLY_ITEMS = 2_048;
const FLUSH_BYTES = 32 * 1_048_576;

/** What a snapshot is held against. */
export interface SnapshotTrust extends SetTrust {
  readonly network: Pick<Network, "name" | "kind" | "consensus">;
}

/** Where the coins of a snapshot go. */
export interface ImportTarget extends SnapshotTrust {
  /** Without a tip. */
  readonly coins: BufferedCoinStore;
  readonly headers: Pick<HeaderStore, "put"> & { flush(): Promise<void> };
}

/** A snapshot whose coins are the tip's now. */
export interface ImportedSnapshot {
  readonly manifest: SnapshotManifest;
  /** Whether somebody's word alone stands behind it, until a replay from genesis confirms it. */
  readonly assumed: boolean;
}

/**
 * Fill empty stores from a snapshot: files against their hashes, headers against each other and the
 * checkpoints, coins against the set hash, and the set hash against who vouches for it. The tip is
 * written last.
 *
 * @throws StoreFault `EXOS-E1013` naming the file or field that is not what it must be; the stores
 *   have no tip then
 * @source cloud.md 5.4
 */
export async function importSnapshot(
  target: ImportTarget,
  folder: string,
): Promise<ImportedSnapshot> {
  const { coins, headers } = target;
  if ((await coins.tip()) !== undefined) {
    throw storeFault("EXOS-E1013", "the data folder holds a chain already; an empty one is needed");
  }
  const applied = async () => {
    if (coins.pending().bytes > FLUSH_BYTES) await coins.flush();
  };
  const filled = await fillGeneration({ ...target, applied }, folder);
  const { manifest, assumed } = filled;
  await coins.commit(0, firstTipOf(filled));
  await coins.flush(() => headers.flush());
  return { manifest, assumed };
}

/** Where the coins of a snapshot go, beside a tip that may be there. */
export interface FillTarget extends SnapshotTrust {
  readonly coins: Pick<CoinStore, "createGeneration" | "apply" | "dropGeneration">;
  readonly headers: Pick<HeaderStore, "put">;
  /** Called after each batch of coins. */
  applied?(): Promise<void>;
}

/** A generation that holds exactly the coins of a snapshot, and that no tip names. */
export interface FilledGeneration extends ImportedSnapshot {
  readonly generation: number;
  /** Hashes of the whole chain: in groups, and what is left of the last one. */
  readonly frozen: readonly FrozenGroup[];
  readonly win: readonly HashHex[];
  /** Of its coins: `RunningTotals.encode`. */
  readonly totals: Uint8Array;
}

/**
 * Fill a new generation from a snapshot, checked as by `importSnapshot`. What is left of one that was
 * not filled to its end is dropped.
 *
 * @throws StoreFault as there
 */
export async function fillGeneration(
  target: FillTarget,
  folder: string,
): Promise<FilledGeneration> {
  const { coins } = target;
  const { manifest, assumed } = await checkFiles(target, folder);
  const judged = judgeSet(manifest, target);
  if (!judged.ok) throw refused(folder, "manifest.json", judged.error);
  const { frozen, win } = await importHeaders(target, manifest, folder);
  const generation = await coins.createGeneration();
  try {
    const totals = await importCoins(target, manifest, { folder, generation });
    return { manifest, assumed, generation, frozen, win, totals };
  } catch (cause) {
    await coins.dropGeneration(generation);
    throw cause;
  }
}

/** The tip of stores that had none, over a filled generation. */
export function firstTipOf({ manifest, generation, frozen, win }: FilledGeneration): NextTip {
  const base = height(manifest.height - (manifest.height % FROZEN_GROUP));
  const { height: at, hash, work } = manifest;
  const tip = { rev: 1, gen: generation, floor: at, height: at, hash, work, final: at, base, win };
  return { tip: { ...tip, mu: undefined }, frozen };
}

/**
 * Whether a snapshot is whole and consistent, without a place for its coins.
 *
 * @throws StoreFault `EXOS-E1013` as there
 */
export async function verifySnapshot(
  target: SnapshotTrust,
  folder: string,
): Promise<ImportedSnapshot> {
  const checked = await checkFiles(target, folder);
  const { manifest } = checked;
  await importHeaders({ ...target, headers: { put: () => Promise.resolve() } }, manifest, folder);
  const totals = RunningTotals.empty(target.network.consensus.dialect);
  for await (const _ of itemsOf(manifest, folder, totals));
  checkTotals(totals, manifest, folder);
  return checked;
}

/** The manifest, once every file is the one that it names. */
async function checkFiles(
  { network, trust }: SnapshotTrust,
  folder: string,
): Promise<ImportedSnapshot> {
  const manifest = readManifest(folder);
  const assumed = network.kind !== "regtest";
  if (manifest.network !== network.name) throw refused(folder, "manifest.json", "another network");
  const judged = judgeSet(manifest, { network, trust: trust ?? manifest.muhash });
  if (!judged.ok) throw refused(folder, "manifest.json", judged.error);
  for (const file of [manifest.headers, ...manifest.chunks]) await checkFile(folder, file);
  return { manifest, assumed };
}

function refused(folder: string, file: string, what: string, cause?: unknown): Error {
  return storeFault("EXOS-E1013", `${join(folder, file)}: ${what}`, cause);
}

function readManifest(folder: string): SnapshotManifest {
  let text: string;
  try {
    text = readFileSync(join(folder, "manifest.json"), "utf8");
  } catch (cause) {
    throw refused(folder, "manifest.json", "cannot be read", cause);
  }
  const manifest = parseManifest(text);
  if (!manifest.ok)
    throw refused(folder, "manifest.json", `${manifest.error} is not as it must be`);
  return manifest.value;
}

async function checkFile(folder: string, file: SnapshotFile): Promise<void> {
  try {
    const { sha256, bytes } = await hashFile(join(folder, file.name));
    if (sha256 === file.sha256 && bytes === file.bytes) return;
  } catch (cause) {
    throw refused(folder, file.name, "cannot be read", cause);
  }
  throw refused(folder, file.name, "not the bytes that the manifest names");
}

/** Records of one file; whatever is wrong with its bytes is said with its name. */
async function* recordsOf<Record>(
  folder: string,
  file: SnapshotFile,
  read: (reader: Reader) => Record,
): AsyncGenerator<Record> {
  let count = 0;
  try {
    for await (const record of readZstdRecords(join(folder, file.name), read)) {
      count++;
      yield record;
    }
  } catch (cause) {
    if (!(cause instanceof DecodeFault)) throw cause;
    throw refused(folder, file.name, cause.message, cause);
  }
  if (count !== file.count) throw refused(folder, file.name, `${count} records`);
}

async function importHeaders(
  { network, headers }: SnapshotTrust & { readonly headers: Pick<HeaderStore, "put"> },
  manifest: SnapshotManifest,
  folder: string,
): Promise<{ readonly frozen: FrozenGroup[]; readonly win: HashHex[] }> {
  const { name } = manifest.headers;
  const read = (reader: Reader): HeaderRecord => readHeaderRecord(new Reader(reader.byteString()));
  const frozen: FrozenGroup[] = [];
  let win: HashHex[] = [];
  let parent: HeaderRecord | undefined;
  for await (const record of recordsOf(folder, manifest.headers, read)) {
    const wrong =
      parent === undefined
        ? record.hash !== genesisRecord(network).hash && "hash of genesis"
        : checkSnapshotHeader(record, parent, network.consensus);
    if (typeof wrong === "string") {
      throw refused(folder, name, `header ${(parent?.height ?? -1) + 1} has a wrong ${wrong}`);
    }
    if (win.length === FROZEN_GROUP) {
      frozen.push({ group: frozen.length, hashes: win });
      win = [];
    }
    win.push(record.hash);
    parent = parent === undefined ? genesisRecord(network) : record;
    await headers.put(parent);
  }
  const isEnd =
    parent?.hash === manifest.hash &&
    parent.height === manifest.height &&
    parent.work === manifest.work;
  if (!isEnd) throw refused(folder, name, "does not end in the block of the manifest");
  return { frozen, win };
}

/** Coins of all chunks, item by item. */
async function* itemsOf(
  manifest: SnapshotManifest,
  folder: string,
  totals: RunningTotals,
): AsyncGenerator<ItemMarks> {
  let item: SnapshotCoin[] = [];
  let last = "";
  for (const chunk of manifest.chunks) {
    for await (const one of recordsOf(folder, chunk, readSnapshotCoin)) {
      if (one.index >= OUTPUTS_MAX) throw refused(folder, chunk.name, "an index is too high");
      const key = coinKeyOf(one.txid, one.index);
      const place = key + String.fromCharCode(slotOf(one.index));
      if (place <= last) throw refused(folder, chunk.name, "coins are not in order");
      if (one.coin.height > manifest.height)
        throw refused(folder, chunk.name, "a coin is too high");
      if (item.length > 0 && !last.startsWith(key)) {
        yield joined(item, folder, chunk);
        item = [];
      }
      last = place;
      item.push(one);
      totals.add(key, { slot: slotOf(one.index), added: true, coin: one.coin });
    }
  }
  const end = manifest.chunks.at(-1);
  if (item.length > 0 && end !== undefined) yield joined(item, folder, end);
}

function joined(item: readonly SnapshotCoin[], folder: string, chunk: SnapshotFile): ItemMarks {
  try {
    return itemOfCoins(item);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw refused(folder, chunk.name, cause.message, cause);
  }
}

async function importCoins(
  { coins, network, applied }: FillTarget,
  manifest: SnapshotManifest,
  { folder, generation }: { readonly folder: string; readonly generation: number },
): Promise<Uint8Array> {
  const totals = RunningTotals.empty(network.consensus.dialect);
  let waiting: ItemMarks[] = [];
  for await (const item of itemsOf(manifest, folder, totals)) {
    waiting.push(item);
    if (waiting.length < APPLY_ITEMS) continue;
    await coins.apply(generation, waiting);
    waiting = [];
    await applied?.();
  }
  await coins.apply(generation, waiting);
  checkTotals(totals, manifest, folder);
  return totals.encode();
}

function checkTotals(totals: RunningTotals, manifest: SnapshotManifest, folder: string): void {
  const { muhash, coins: count, supply } = totals.totals();
  const isRight =
    toHashHex(muhash) === manifest.muhash && count === manifest.coins && supply === manifest.supply;
  if (!isRight) throw refused(folder, "manifest.json", "the coins do not have the totals it names");
}
