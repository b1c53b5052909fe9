import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { exportSnapshot } from "#shared/adapters/embedded/export-snapshot.ts";
import { importSnapshot } from "#shared/adapters/embedded/import-snapshot.ts";
import {
  type LevelCoinStore,
  openLevelCoinStore,
} from "#shared/adapters/embedded/level-coin-store.ts";
import { createMemoryHeaderStore } from "#shared/adapters/embedded/memory-header-store.ts";
import { lighterTip, nextTip, type Tip } from "#shared/coins/tip.ts";
import { cutView, growView, type View } from "#shared/coins/view.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { type RecordedChain, SHORT_CHAINS } from "../../support/recorded-chains.ts";
import { replayCoins } from "../../support/replay-coins.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { vectorsPath } from "../../support/vectors.ts";

const held: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of held.splice(0)) await one[Symbol.asyncDispose]();
});

interface Stores {
  readonly coins: LevelCoinStore;
  readonly headers: HeaderStore & { flush(): Promise<void> };
  /** What was durable of the coins when the headers were synced last. */
  readonly whenSynced: (Tip | undefined)[];
}

async function empty(chain: RecordedChain): Promise<Stores> {
  const { dialect } = chain.network.consensus;
  const coins = await openLevelCoinStore({ folder: temporaryFolder(), dialect });
  held.push(coins);
  const whenSynced: (Tip | undefined)[] = [];
  const flush = async () => void whenSynced.push(coins.flushed());
  return { coins, headers: { ...createMemoryHeaderStore(), flush }, whenSynced };
}

/** The row of the table that chain state makes of its own tip. */
async function rowOf({ coins }: Stores) {
  const tip = await coins.tip();
  if (tip === undefined) return undefined;
  const { coins: count, supply, muhash } = await coins.totals(tip);
  return {
    height: tip.height,
    hash: tip.hash,
    coins: count,
    supply: String(supply),
    muhash: toHashHex(muhash),
  };
}
const expected = ({ height, hash, coins, supply, muhash }: RecordedChain) => ({
  height,
  hash,
  coins,
  supply,
  muhash,
});
const source = (chain: RecordedChain, stores: Stores, chunkBytes?: number) => ({
  network: chain.network,
  ...stores,
  program: "test",
  ...(chunkBytes === undefined ? {} : { chunkBytes }),
});
const trustOf = ({ muhash }: RecordedChain) => ({ trust: muhash as HashHex });

/** The longer ones pass through a snapshot in slow suites and by `npm run long -- chains`. */
const ODD = SHORT_CHAINS.filter(({ file }) => file === "exos-regtest/odd-chain.dat");

for (const chain of ODD) {
  const missing = vectorsPath(chain.file) === undefined;
  describe.skipIf(missing)(`chain state after ${chain.file}`, () => {
    it("has the table's coins, supply and set hash, also through a snapshot", async () => {
      const stores = await empty(chain);
      const records = (await replayCoins(chain, stores)) ?? [];
      expect(await rowOf(stores)).toEqual(expected(chain));
      await stores.coins.flush();
      expect(await rowOf(stores)).toEqual(expected(chain));

      const folder = temporaryFolder();
      const manifest = await exportSnapshot(source(chain, stores), folder);
      expect(manifest).toMatchObject({ height: chain.height, muhash: chain.muhash });
      const copy = await empty(chain);
      const target = { network: chain.network, ...copy, ...trustOf(chain) };
      const { assumed } = await importSnapshot(target, folder);
      expect(assumed).toBe(chain.network.kind !== "regtest");
      expect(await rowOf(copy)).toEqual(expected(chain));
      expect(copy.whenSynced).toEqual([undefined]);
      expect(copy.coins.flushed()?.hash).toBe(chain.hash);
      const last = await copy.headers.get(chain.hash as HashHex);
      expect(last).toEqual(await stores.headers.get(chain.hash as HashHex));

      const tip = await stores.coins.tip();
      const fork = records[tip?.final ?? 0];
      if (tip === undefined || fork === undefined) throw new RangeError("no tip");
      const { consensus } = chain.network;
      const low = lighterTip(tip, cutView(tip, fork), consensus);
      expect(await stores.coins.commit(tip.rev, low)).toBe(true);
      await stores.coins.flush();
      const row = await rowOf(stores);
      expect(row?.muhash).not.toBe(chain.muhash);

      const lower = await exportSnapshot(source(chain, stores), temporaryFolder());
      expect(lower).toMatchObject({ height: fork.height, muhash: row?.muhash });
      const back = records.slice(fork.height + 1).reduce<View>(growView, low.tip);
      expect(await stores.coins.commit(low.tip.rev, nextTip(low.tip, back, consensus))).toBe(true);
      expect(await rowOf(stores)).toEqual(expected(chain));
      const again = await exportSnapshot(source(chain, stores), temporaryFolder(), fork.height);
      expect(again.muhash).toBe(lower.muhash);
    });
  });
}

const [regtest] = ODD;
const main = SHORT_CHAINS.find(({ file }) => file === "stratis/blk0001.dat");
describe.skipIf(regtest === undefined || vectorsPath(regtest.file) === undefined)(
  "a snapshot",
  () => {
    if (regtest === undefined || main === undefined) return;
    const chain = regtest;

    async function exported(): Promise<string> {
      const stores = await empty(chain);
      await replayCoins(chain, stores);
      const folder = temporaryFolder();
      await exportSnapshot(source(chain, stores, 20_000), folder);
      return folder;
    }
    async function importing(
      folder: string,
      more: Partial<{ trust: HashHex; network: RecordedChain["network"] }> = {},
    ) {
      const stores = await empty(chain);
      try {
        return await importSnapshot({ network: chain.network, ...stores, ...more }, folder);
      } finally {
        // Whatever happened, nothing half-way is visible.
        const tip = await stores.coins.tip();
        expect([undefined, chain.hash]).toContain(tip?.hash);
      }
    }

    it("is refused with the name of the chunk in which a byte is wrong", async () => {
      const folder = await exported();
      const files = readdirSync(folder).filter((name) => name.endsWith(".zst"));
      expect(files.length).toBeGreaterThan(3);
      for (const name of files) {
        const path = join(folder, name);
        const bytes = readFileSync(path);
        for (const at of [0, Math.floor(bytes.length / 2), bytes.length - 1]) {
          const bad = Uint8Array.from(bytes);
          bad[at] = (bad[at] ?? 0) ^ 1;
          writeFileSync(path, bad);
          const refused = importing(folder);
          await expect(refused).rejects.toMatchObject({ code: "EXOS-E1013" });
          await expect(refused).rejects.toThrow(name);
        }
        writeFileSync(path, bytes);
      }
      expect((await importing(folder)).assumed).toBe(false);
    });

    it("is refused when a file is missing, cut, or the manifest names other totals", async () => {
      const folder = await exported();
      const path = join(folder, "manifest.json");
      const manifest = readFileSync(path, "utf8");
      const wrong = async (from: RegExp, to: string, sentence: string) => {
        const text = manifest.replace(from, to);
        expect(text).not.toBe(manifest);
        writeFileSync(path, text);
        await expect(importing(folder)).rejects.toThrow(sentence);
      };
      await wrong(/"coins": \d+/, '"coins": 5', "totals");
      await wrong(/"supply": "\d+"/, '"supply": "5"', "totals");
      await wrong(/"muhash": "./, '"muhash": "0', "totals");
      await wrong(/"work": "\d+"/, '"work": "5"', "does not end");
      await wrong(/"height": \d+/, '"height": 5', "does not end");
      await wrong(/"hash": "./, '"hash": "f', "does not end");
      await wrong(/exos.snapshot.v1/, "exos.snapshot.v2", "schema");
      await wrong(/"network": "[a-z-]+"/, '"network": "nowhere"', "another network");
      await wrong(/coins-1.bin/, "coins-9.bin", "coins-9.bin.zst");
      await wrong(/\{/, "", "no JSON");
      writeFileSync(path, manifest);
      await expect(importing(folder, trustOf(main))).rejects.toThrow(main.muhash);
      await expect(importing(temporaryFolder())).rejects.toMatchObject({ retryable: false });
    });

    it("needs somebody to vouch for it outside of development networks, and an empty folder", async () => {
      const stores = await empty(main);
      await replayCoins(main, stores);
      const folder = temporaryFolder();
      await exportSnapshot(source(main, stores), folder);
      const target = { network: main.network, ...(await empty(main)) };
      await expect(importSnapshot(target, folder)).rejects.toThrow("vouches");
      const full = { network: main.network, ...stores, ...trustOf(main) };
      await expect(importSnapshot(full, folder)).rejects.toThrow("holds a chain already");
      await expect(exportSnapshot(source(main, await empty(main)), folder)).rejects.toThrow(
        "no chain",
      );
      await expect(exportSnapshot(source(main, stores), folder, 5)).rejects.toThrow("height 5");
    });

    it("goes on from where it ends", async () => {
      const stores = await empty(chain);
      const records = (await replayCoins(chain, stores)) ?? [];
      const tip = await stores.coins.tip();
      const below = records[chain.height - 40];
      if (tip === undefined || below === undefined) throw new RangeError("no tip");
      const folder = temporaryFolder();
      await exportSnapshot(source(chain, stores), folder, below.height);
      const copy = await empty(chain);
      await importSnapshot({ network: chain.network, ...copy }, folder);
      const at = await copy.coins.tip();
      expect(at).toMatchObject({ hash: below.hash, final: below.height, floor: below.height });
      for await (const { key } of stores.coins.scan(tip)) {
        const [item] = await stores.coins.read(tip.gen, [key]);
        const marks = [...(item?.creators ?? [])];
        for (const mark of marks) {
          if (mark.height <= below.height) continue;
          await copy.coins.apply(at?.gen ?? 0, [{ key, mark, created: item?.content, spent: 0 }]);
        }
        for (const { mark, slots } of item?.spends ?? []) {
          if (mark.height <= below.height) continue;
          await copy.coins.apply(at?.gen ?? 0, [{ key, mark, created: undefined, spent: slots }]);
        }
      }
      if (at === undefined) throw new RangeError("no tip");
      const view = records.slice(below.height + 1).reduce<View>(growView, at);
      await copy.coins.commit(at.rev, nextTip(at, view, chain.network.consensus));
      expect(await rowOf(copy)).toEqual(expected(chain));
    });
  },
);
