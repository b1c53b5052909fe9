import { cpSync, mkdtempDisposableSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { createS3Snapshots } from "#shared/adapters/aws/s3-snapshots.ts";
import { exportSnapshot } from "#shared/adapters/embedded/export-snapshot.ts";
import { fillGeneration } from "#shared/adapters/embedded/import-snapshot.ts";
import { createMemoryCoinStore } from "#shared/adapters/embedded/memory-coin-store.ts";
import { createMemoryHeaderStore } from "#shared/adapters/embedded/memory-header-store.ts";
import { createMemorySnapshots } from "#shared/adapters/embedded/memory-snapshots.ts";
import { fetchSnapshot, publishSnapshot } from "#shared/adapters/embedded/snapshot-files.ts";
import type { SnapshotManifest } from "#shared/coins/snapshot-manifest.ts";
import type { Snapshots } from "#shared/ports/snapshots.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { makeCityBucket } from "../../support/aws/city-bucket.ts";
import { type FauxqsEndpoint, openFauxqsEndpoint } from "../../support/aws/fauxqs-endpoint.ts";
import { SHORT_CHAINS } from "../../support/recorded-chains.ts";
import { replayCoins } from "../../support/replay-coins.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { vectorsPath } from "../../support/vectors.ts";

const chain = SHORT_CHAINS.find(({ file }) => file === "exos-regtest/odd-chain.dat");
const isMissing = chain === undefined || vectorsPath(chain.file) === undefined;

describe.skipIf(isMissing)("a snapshot in a bucket", () => {
  if (chain === undefined) return;
  const { network } = chain;
  const stores = { coins: createMemoryCoinStore("exos"), headers: createMemoryHeaderStore() };
  const held = mkdtempDisposableSync(join(tmpdir(), "exos-test-"));
  const folder = held.path;
  let endpoint: FauxqsEndpoint;
  let manifest: SnapshotManifest;
  beforeAll(async () => {
    endpoint = await openFauxqsEndpoint();
    await replayCoins(chain, stores);
    const source = { network, ...stores, program: "test", chunkBytes: 20_000 };
    manifest = await exportSnapshot(source, folder);
  });
  afterAll(async () => {
    held.remove();
    await endpoint[Symbol.asyncDispose]();
  });

  async function openBucket() {
    const client = endpoint.s3();
    const objects = createS3Objects({ client, bucket: await makeCityBucket(client) });
    return { objects, snapshots: createS3Snapshots(objects) };
  }
  const fill = (from: string) =>
    fillGeneration(
      { network, coins: createMemoryCoinStore("exos"), headers: createMemoryHeaderStore() },
      from,
    );

  it("comes out as it went in, with the set hash of the chain", async () => {
    const { snapshots } = await openBucket();
    const name = await publishSnapshot(folder, snapshots);
    expect(name).toBe(`${chain.height}-${chain.hash.slice(-8)}`);
    expect(await snapshots.names()).toEqual([name]);
    const copy = temporaryFolder();
    expect(await fetchSnapshot(snapshots, { network }, copy)).toEqual({
      ok: true,
      value: manifest,
    });
    expect((await fill(copy)).manifest.muhash).toBe(chain.muhash);
  });

  it("is not published where a file of it is gone by the time it is read", async () => {
    const copy = temporaryFolder();
    cpSync(folder, copy, { recursive: true });
    rmSync(join(copy, manifest.headers.name));
    const memory = createMemorySnapshots();
    const late: Snapshots = {
      ...memory,
      async write(...file) {
        await setTimeout(20);
        await memory.write(...file);
      },
    };
    await expect(publishSnapshot(copy, late)).rejects.toThrow(manifest.headers.name);
    expect(await memory.names()).not.toContain(`${chain.height}-${chain.hash.slice(-8)}`);
  });

  it("is refused with the name of the object in which a byte is wrong, whichever it is", async () => {
    const { objects, snapshots } = await openBucket();
    const name = await publishSnapshot(folder, snapshots);
    const files = [manifest.headers, ...manifest.chunks].map((file) => file.name);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const key = `snapshots/${name}/${file}`;
      const bytes = (await objects.get(key))?.bytes ?? new Uint8Array(0);
      for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
        const wrong = bytes.slice();
        wrong[at] = (wrong[at] ?? 0) ^ 0x40;
        await objects.put(key, wrong);
        const copy = temporaryFolder();
        await fetchSnapshot(snapshots, { network }, copy);
        await expect(fill(copy), `${file} byte ${at}`).rejects.toThrow(file);
      }
      await objects.put(key, bytes);
    }
    const copy = temporaryFolder();
    await objects.delete(`snapshots/${name}/${files[1]}`);
    await expect(fetchSnapshot(snapshots, { network }, copy)).rejects.toThrow(files[1] ?? "?");
  });

  it("is fetched where its network, and its set hash outside of development, are asked for", async () => {
    const { snapshots } = await openBucket();
    await publishSnapshot(folder, snapshots);
    const fetch = (kind: "main" | "regtest", trust?: string, name = network.name) =>
      fetchSnapshot(
        snapshots,
        {
          network: { ...network, name, kind },
          ...(trust === undefined ? {} : { trust: trust as HashHex }),
        },
        temporaryFolder(),
      );
    expect(await fetch("regtest", undefined, "another")).toEqual({ ok: false, error: [] });
    const nobody = expect.stringContaining("nobody vouches");
    expect(await fetch("main")).toEqual({ ok: false, error: [nobody] });
    const other = "ab".repeat(32);
    const both = expect.stringMatching(new RegExp(`${other}.*${chain.muhash}`));
    expect(await fetch("main", other)).toEqual({ ok: false, error: [both] });
    const { muhash } = chain;
    expect(await fetch("main", muhash)).toMatchObject({ ok: true, value: { muhash } });
  });

  it("stays while it is among the highest three", async () => {
    const { snapshots } = await openBucket();
    async function* text(value: string) {
      yield new TextEncoder().encode(value);
    }
    const others = ["1-00000000", "9000-00000000", "8000-00000000", "200-00000000"];
    for (const other of others) {
      await snapshots.write(other, "coins-0.bin.zst", text("x"));
      await snapshots.write(other, "manifest.json", text("{}"));
    }
    const name = await publishSnapshot(folder, snapshots);
    expect(await snapshots.names()).toEqual(["9000-00000000", "8000-00000000", name]);
    const fetched = await fetchSnapshot(snapshots, { network }, temporaryFolder());
    expect(fetched).toMatchObject({ ok: true, value: { hash: chain.hash } });
  });
});
