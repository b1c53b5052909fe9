import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writer } from "#shared/codec/writer.ts";
import { coinKeyOf, slotOf } from "#shared/coins/coin-key.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import { writeSnapshotCoin } from "#shared/coins/snapshot-coin.ts";
import {
  encodeManifest,
  type SnapshotFile,
  type SnapshotManifest,
} from "#shared/coins/snapshot-manifest.ts";
import type { Tip } from "#shared/coins/tip.ts";
import { cutView, FROZEN_GROUP, hashAt, type View } from "#shared/coins/view.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { encodeHeaderRecord } from "#shared/consensus/header-record-codec.ts";
import type { Network } from "#shared/consensus/params.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import { unspentAt } from "#shared/ports/unspent-at.ts";
import { type HashHex, height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { storeFault } from "./store-fault-of.ts";
import { writeZstdFile } from "./zstd-file.ts";

/** Bytes of coins in one chunk, before compression. */
const CHUNK_BYTES = 64 * 1_048_576;
/** Bytes handed to the compressor at a time. */
const PIECE_BYTES = 65_536;

/** A final block of which somebody noted what the unspent set after it hashes to. */
export interface SettledBlock {
  readonly record: HeaderRecord;
  /** Printed order. */
  readonly muhash: HashHex;
}

/** Where the coins of a snapshot come from. */
export interface ExportSource {
  readonly network: Pick<Network, "name" | "consensus">;
  readonly coins: CoinStore;
  readonly headers: Pick<HeaderStore, "getMany">;
  /** Of this program, for the manifest. */
  readonly program: string;
  /** Bytes of a chunk; smaller in tests. */
  readonly chunkBytes?: number;
}

/**
 * Write the unspent set at a height into a folder: headers, coins by outpoint in chunks, manifest
 * last. Writers need no pause.
 *
 * @param at a height at or above `final`, by default the tip; where marks are never dropped (a shared
 *   table) also any settled block from the generation's `floor` up
 * @throws StoreFault when the height is not kept, when a header is missing, or when what was
 *   written does not have the set hash that chain state carries
 * @source cloud.md 5.3
 */
export async function exportSnapshot(
  source: ExportSource,
  folder: string,
  at?: number | SettledBlock,
): Promise<SnapshotManifest> {
  const { coins, network } = source;
  const tip = await coins.tip();
  if (tip === undefined) throw storeFault("EXOS-E1013", "there is no chain to export yet");
  const view =
    typeof at === "object"
      ? await settledView(tip, at, coins)
      : await viewAt(tip, at ?? tip.height, source);
  const expected =
    typeof at === "object"
      ? at.muhash
      : toHashHex((await coins.totals({ ...tip, ...view })).muhash);
  mkdirSync(folder, { recursive: true });

  const headers = await writeHeaders(view, source, folder);
  const written = RunningTotals.empty(network.consensus.dialect);
  const chunks = await writeCoins(view, source, { folder, totals: written });
  const { muhash, coins: count, supply } = written.totals();
  if (toHashHex(muhash) !== expected) {
    throw storeFault("EXOS-E1004", `the coins at height ${view.height} do not have their set hash`);
  }
  const manifest: SnapshotManifest = {
    schema: "exos.snapshot.v1",
    network: network.name,
    height: view.height,
    hash: view.hash,
    work: view.work,
    coins: count,
    supply,
    muhash: toHashHex(muhash),
    headers,
    chunks,
    program: source.program,
    signature: "",
  };
  writeFileSync(join(folder, "manifest.json"), encodeManifest(manifest), { flush: true });
  return manifest;
}

async function viewAt(tip: Tip, at: number, { headers }: ExportSource): Promise<View> {
  if (at === tip.height) return tip;
  const hash = hashAt(tip, at);
  if (at < tip.final || hash === undefined) {
    const range = `${tip.final} to ${tip.height}`;
    throw storeFault("EXOS-E1013", `height ${at} cannot be exported, only ${range} can`);
  }
  const [header] = await headers.getMany([hash]);
  if (header === undefined) throw storeFault("EXOS-E1004", `the header ${hash} is missing`);
  return cutView(tip, header.record);
}

/** The chain up to a final block; where it lies below the window, all of it is frozen. */
async function settledView(tip: Tip, { record }: SettledBlock, coins: CoinStore): Promise<View> {
  const isActive = (await activeHashAt(record.height, tip, coins)) === record.hash;
  if (!isActive || record.height < tip.floor || record.height > tip.final) {
    const range = `${tip.floor} to ${tip.final}`;
    throw storeFault(
      "EXOS-E1013",
      `block ${record.hash} at height ${record.height} is no final one of our chain from ${range}`,
    );
  }
  if (record.height >= tip.base) return cutView(tip, record);
  const { height: at, hash, work } = record;
  return { gen: tip.gen, floor: tip.floor, height: at, hash, work, base: height(at + 1), win: [] };
}

/** Hashes of a view's chain from genesis up, at most 64 at a time. */
async function* hashesOf(view: View, coins: CoinStore): AsyncGenerator<readonly HashHex[]> {
  for (let group = 0; group < view.base / FROZEN_GROUP; group++) {
    const hashes = await coins.frozen(group);
    if (hashes === undefined) throw storeFault("EXOS-E1004", `frozen group ${group} is missing`);
    yield hashes.slice(0, view.base - FROZEN_GROUP * group);
  }
  for (let at = 0; at < view.win.length; at += FROZEN_GROUP) {
    yield view.win.slice(at, at + FROZEN_GROUP);
  }
}

async function writeHeaders(
  view: View,
  { coins, headers }: ExportSource,
  folder: string,
): Promise<SnapshotFile> {
  const name = "headers.bin.zst";
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for await (const hashes of hashesOf(view, coins)) {
      const writer = new Writer(PIECE_BYTES / 2);
      for (const [index, header] of (await headers.getMany(hashes)).entries()) {
        if (header === undefined) {
          throw storeFault("EXOS-E1004", `the header ${hashes[index]} is missing`);
        }
        writer.byteString(encodeHeaderRecord(header.record));
      }
      yield writer.finish();
    }
  }
  const file = await writeZstdFile(join(folder, name), pieces());
  return { name, ...file, count: view.height + 1 };
}

async function writeCoins(
  view: View,
  { coins, chunkBytes = CHUNK_BYTES }: ExportSource,
  { folder, totals }: { readonly folder: string; readonly totals: RunningTotals },
): Promise<SnapshotFile[]> {
  const all = unspentAt(view, coins);
  try {
    return await writeChunks(all, { folder, totals, chunkBytes });
  } finally {
    // A disk that is full leaves the scan in its middle.
    await all.return(undefined);
  }
}

async function writeChunks(
  all: ReturnType<typeof unspentAt>,
  {
    folder,
    totals,
    chunkBytes,
  }: { readonly folder: string; readonly totals: RunningTotals; readonly chunkBytes: number },
): Promise<SnapshotFile[]> {
  const chunks: SnapshotFile[] = [];
  let next = await all.next();
  while (next.done !== true) {
    let count = 0;
    let bytes = 0;
    async function* pieces(): AsyncGenerator<Uint8Array> {
      while (next.done !== true && bytes < chunkBytes) {
        const writer = new Writer(PIECE_BYTES + 1_024);
        let size = 0;
        while (next.done !== true && size < PIECE_BYTES && bytes + size < chunkBytes) {
          const { txid, index, coin } = next.value;
          totals.add(coinKeyOf(txid, index), { slot: slotOf(index), added: true, coin });
          writeSnapshotCoin(next.value, writer);
          size += 54 + next.value.coin.scriptPubKey.length;
          count++;
          next = await all.next();
        }
        bytes += size;
        yield writer.finish();
      }
    }
    const name = `coins-${chunks.length}.bin.zst`;
    const file = await writeZstdFile(join(folder, name), pieces());
    chunks.push({ name, ...file, count });
  }
  return chunks;
}
