import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeZstdFile } from "#shared/adapters/embedded/zstd-file.ts";
import { Writer } from "#shared/codec/writer.ts";
import { writeSnapshotCoin } from "#shared/coins/snapshot-coin.ts";
import { encodeManifest, type SnapshotManifest } from "#shared/coins/snapshot-manifest.ts";
import { amount, unixSeconds } from "#shared/primitives/brand.ts";
import type { TreeBlock } from "./block-tree.ts";

/** Write the coins of a tree's block as a snapshot of two chunks, without headers. */
export async function writeTreeSet(
  folder: string,
  { height, hash, coins }: TreeBlock,
): Promise<void> {
  const half = Math.ceil(coins.length / 2);
  const chunks: SnapshotManifest["chunks"][number][] = [];
  for (const part of [coins.slice(0, half), coins.slice(half)]) {
    async function* pieces() {
      for (const { txid, index, value, script: scriptPubKey } of part) {
        const writer = new Writer(64 + scriptPubKey.length);
        const coin = { value: amount(value), scriptPubKey, time: unixSeconds(0), height };
        writeSnapshotCoin({ txid, index, coin: { ...coin, kind: "ordinary" } }, writer);
        yield writer.finish();
      }
    }
    const name = `coins-${chunks.length}.bin.zst`;
    chunks.push({
      name,
      ...(await writeZstdFile(join(folder, name), pieces())),
      count: part.length,
    });
  }
  const nothing = { name: "headers.bin.zst", sha256: "00".repeat(32), bytes: 0, count: 0 };
  const manifest: SnapshotManifest = {
    ...{ schema: "exos.snapshot.v1", network: "exos-regtest", height, hash, work: 0n },
    coins: coins.length,
    supply: coins.reduce((sum, { value }) => sum + value, 0n),
    muhash: hash,
    headers: nothing,
    chunks,
    ...{ program: "test", signature: "" },
  };
  writeFileSync(join(folder, "manifest.json"), encodeManifest(manifest));
}
