/**
 * `node test/bench/stores.ts [file…]`: blocks, headers and the address index on disk, in entries a
 * second, with the blocks of the recorded chains.
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLevelBlockStore } from "#shared/adapters/embedded/level-block-store.ts";
import { openLevelHeaderStore } from "#shared/adapters/embedded/level-header-store.ts";
import { openSqliteAddressIndex } from "#shared/adapters/embedded/sqlite-address-index.ts";
import { decodeHeader, hashHeader } from "#shared/codec/header.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { BlockToIndex } from "#shared/ports/address-index.ts";
import { height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { loadChain } from "../support/chain-file.ts";
import { headerRecord } from "../support/header-records.ts";

const { genesis, wire } = exosRegtest.consensus;
const BATCH_BLOCKS = 64;
const HEADERS = 20_000;

export interface StoreFigures {
  readonly file: string;
  readonly blocks: number;
  readonly transactions: number;
  /** Bodies written and synced. */
  readonly bodiesPerSecond: number;
  /** Headers put with three facts, then synced. */
  readonly headersPerSecond: number;
  readonly indexSeconds: number;
}

function blocksOf(file: string): BlockToIndex[] | undefined {
  const raw = loadChain(file, 4);
  return raw === undefined
    ? undefined
    : [genesis.raw, ...raw].map((bytes, at) => {
        const header = decodeHeader(bytes);
        if (!header.ok) throw header.error;
        const hash = toHashHex(hashHeader(header.value, wire));
        return { height: height(at), hash, bytes: bytes.slice() };
      });
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

/** @returns `undefined` where the file is absent */
export async function benchStores(file: string): Promise<StoreFigures | undefined> {
  const blocks = blocksOf(file);
  if (blocks === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "exos-bench-"));
  try {
    await using bodies = await openLevelBlockStore(join(folder, "blocks"));
    const bodySeconds = await secondsOf(async () => {
      for (const { hash, bytes } of blocks) await bodies.put(hash, bytes);
      await bodies.flush();
    });

    const records = [headerRecord(undefined, 0)];
    for (let at = 1; at < HEADERS; at++) records.push(headerRecord(records.at(-1), at % 250));
    await using headers = await openLevelHeaderStore(join(folder, "headers"));
    const headerSeconds = await secondsOf(async () => {
      for (const record of records) {
        await headers.put(record);
        await headers.setBodySize(record.hash, 200);
        await headers.setChecked(record.hash);
        await headers.setApplied(record.hash, 0);
      }
      await headers.flush();
    });

    await using index = await openSqliteAddressIndex({ path: join(folder, "index.sqlite"), wire });
    const indexSeconds = await secondsOf(async () => {
      for (let at = 0; at < blocks.length; at += BATCH_BLOCKS) {
        const batch = blocks.slice(at, at + BATCH_BLOCKS);
        await index.add(batch);
        await index.follow((batch.at(-1) as BlockToIndex).hash);
      }
    });
    const last = await index.blockRow((blocks.at(-1) as BlockToIndex).hash);
    return {
      file,
      blocks: blocks.length,
      transactions: last?.transactionsSum ?? 0,
      bodiesPerSecond: blocks.length / bodySeconds,
      headersPerSecond: HEADERS / headerSeconds,
      indexSeconds,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const named = process.argv.slice(2);
  for (const file of named.length > 0 ? named : ["chain.dat", "heavy.dat"]) {
    const figures = await benchStores(`exos-regtest/${file}`);
    const line = figures === undefined ? `${file}: absent, skipped` : JSON.stringify(figures);
    process.stdout.write(`${line}\n`);
  }
}
