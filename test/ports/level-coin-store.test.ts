import { ClassicLevel } from "classic-level";
import { afterEach, describe, expect, it } from "vitest";
import {
  type LevelCoinStore,
  openLevelCoinStore,
} from "#shared/adapters/embedded/level-coin-store.ts";
import { LevelCoinTables, TOTALS_KEY } from "#shared/adapters/embedded/level-coin-tables.ts";
import { createMemoryCoinStore } from "#shared/adapters/embedded/memory-coin-store.ts";
import { coinKeyOf } from "#shared/coins/coin-key.ts";
import { genesisTip, lighterTip, nextTip, type Tip } from "#shared/coins/tip.ts";
import { cutView } from "#shared/coins/view.ts";
import type { ScannedItem } from "#shared/ports/coin-store.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import {
  coinHeight,
  growBy,
  hashOf,
  type TestBlock,
  testBlock,
  txidOf,
} from "../support/coin-chain.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { coinStoreContract } from "./coin-store.contract.ts";

const LIMIT = { reorgBlocksMax: 4 };
const held: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of held.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function open(folder: string, cacheMebibytes = 1): Promise<LevelCoinStore> {
  const store = await openLevelCoinStore({ folder, dialect: "exos", cacheMebibytes });
  held.push(store);
  return store;
}
async function fresh(): Promise<{ store: LevelCoinStore; folder: string; tip: Tip }> {
  const folder = temporaryFolder();
  const store = await open(folder);
  const next = genesisTip({ hash: hashOf("a0"), work: 0n });
  await store.commit(0, next);
  return { store, folder, tip: next.tip };
}
/** The process dies: nothing more is written. */
async function kill(store: LevelCoinStore): Promise<void> {
  held.splice(held.indexOf(store), 1);
  await store[Symbol.asyncDispose]();
}
async function connect(
  store: LevelCoinStore,
  tip: Tip,
  blocks: readonly TestBlock[],
): Promise<Tip> {
  for (const block of blocks) await store.apply(tip.gen, block.marks);
  const next = nextTip(tip, growBy(tip, blocks), LIMIT);
  expect(await store.commit(tip.rev, next)).toBe(true);
  return next.tip;
}
async function keysOnDisk(store: LevelCoinStore, tip: Tip): Promise<string[]> {
  const all: ScannedItem[] = [];
  for await (const item of store.scan(tip)) all.push(item);
  return all.map(({ key }) => key);
}

describe("the level coin store", () => {
  coinStoreContract(() => open(temporaryFolder()));
});

describe("the level coin store, flushing after every step", () => {
  coinStoreContract(async () => {
    const store = await open(temporaryFolder(), 0);
    return {
      ...bind(store),
      async apply(generation, marks) {
        await store.apply(generation, marks);
        await store.flush();
      },
      async commit(expectedRev, next) {
        const done = await store.commit(expectedRev, next);
        await store.flush();
        return done;
      },
    };
  });
});

function bind(store: LevelCoinStore) {
  return {
    tip: () => store.tip(),
    frozen: (group: number) => store.frozen(group),
    read: (...input: Parameters<LevelCoinStore["read"]>) => store.read(...input),
    readTransaction: (...input: Parameters<LevelCoinStore["readTransaction"]>) =>
      store.readTransaction(...input),
    scan: (...input: Parameters<LevelCoinStore["scan"]>) => store.scan(...input),
    totals: (tip: Tip) => store.totals(tip),
    createGeneration: () => store.createGeneration(),
    dropGeneration: (generation: number) => store.dropGeneration(generation),
  };
}

describe("what a flush keeps", () => {
  it("survives, and what came after it does not", async () => {
    const { store, folder, tip } = await fresh();
    expect(store.flushed()).toBeUndefined();
    const one = await connect(store, tip, [testBlock(1, "a", { x: 9 })]);
    await store.flush();
    expect(store.flushed()).toEqual(one);
    expect(store.pending()).toEqual({ blocks: 0, bytes: 0 });
    const two = await connect(store, one, [testBlock(2, "a", { y: 1 }, ["x:0"])]);
    expect(store.pending()).toMatchObject({ blocks: 1 });
    const totals = await store.totals(two);
    await kill(store);

    const again = await open(folder);
    expect(await again.tip()).toEqual(one);
    expect(await coinHeight(again, one, "x:0")).toBe(1);
    expect(await coinHeight(again, one, "x:8")).toBe(1);
    expect(await coinHeight(again, one, "y:0")).toBeUndefined();
    const repeated = await connect(again, one, [testBlock(2, "a", { y: 1 }, ["x:0"])]);
    expect(await again.totals(repeated)).toEqual(totals);
  });

  it("counts totals anew that an older program wrote without the scripts", async () => {
    const { store, folder, tip } = await fresh();
    const at = await connect(store, tip, [testBlock(1, "a", { x: 9 })]);
    const totals = await store.totals(at);
    await store.flush();
    await kill(store);
    {
      await using tables = await LevelCoinTables.open(folder);
      const row = tables.read(TOTALS_KEY)?.slice() ?? new Uint8Array(0);
      const batch = tables.batch();
      batch.put(TOTALS_KEY, row.subarray(0, row.length - 8));
      await batch.write();
    }
    expect(await (await open(folder)).totals(at)).toEqual(totals);
  });

  it("does not take the totals of a lower block for those of its tip", async () => {
    const { store, folder, tip } = await fresh();
    const first = testBlock(1, "a", { x: 9 });
    const at = await connect(store, tip, [first, testBlock(2, "a", { y: 3 })]);
    await store.flush();
    await kill(store);
    {
      await using tables = await LevelCoinTables.open(folder);
      const batch = tables.batch();
      batch.delete(TOTALS_KEY);
      await batch.write();
    }
    const again = await open(folder);
    // As whoever writes a snapshot below the tip asks for them.
    expect(await again.totals({ ...at, ...cutView(at, first) })).toMatchObject({ coins: 9 });
    expect(await again.totals(at)).toMatchObject({ coins: 12 });
  });

  it("is gone from disk once it is spent for ever, and stays while a reorg may bring it back", async () => {
    const { store, tip } = await fresh();
    const blocks = [testBlock(1, "a", { x: 1, keep: 1 }), testBlock(2, "a", {}, ["x:0"])];
    const at5 = await connect(store, tip, [
      ...blocks,
      testBlock(3, "a"),
      testBlock(4, "a"),
      testBlock(5, "a"),
    ]);
    expect(at5.final).toBe(1);
    expect(await keysOnDisk(store, at5)).toHaveLength(2);
    const at6 = await connect(store, at5, [testBlock(6, "a")]);
    expect(await keysOnDisk(store, at6)).toEqual([coinKeyOf(txidOf("keep"), 0)]);
    await store.apply(0, blocks[0]?.marks ?? []);
    expect(await coinHeight(store, at6, "x:0")).toBeUndefined();
    expect(await store.totals(at6)).toMatchObject({ coins: 1 });
  });

  it("never held a coin that was made and spent in between", async () => {
    const { store, tip } = await fresh();
    const blocks = [testBlock(1, "a", { x: 1 }), testBlock(2, "a", { y: 1 }, ["x:0"])];
    const end = await connect(store, tip, [
      ...blocks,
      ...[3, 4, 5, 6].map((at) => testBlock(at, "a")),
    ]);
    expect(await keysOnDisk(store, end)).toEqual([coinKeyOf(txidOf("y"), 0)]);
  });

  it("forgets marks of a branch that died", async () => {
    const { store, tip } = await fresh();
    await store.apply(0, testBlock(1, "b", { w: 1 }).marks);
    await store.flush();
    const end = await connect(
      store,
      tip,
      [1, 2, 3, 4, 5].map((at) => testBlock(at, "a", { [`t${at}`]: 1 })),
    );
    expect(await keysOnDisk(store, end)).toHaveLength(5);
  });

  it("gives the same totals after a reorganisation that was flushed halfway, there and back", async () => {
    const { store, folder, tip } = await fresh();
    const shared = testBlock(1, "a", { x: 3 });
    const ours = [testBlock(2, "a", { y: 1 }, ["x:0"]), testBlock(3, "a", {}, ["x:1"])];
    const theirs = [2, 3, 4].map((at) => testBlock(at, "b", { [`z${at}`]: 1 }, [`x:${at - 2}`]));
    const high = await connect(store, tip, [shared, ...ours]);
    const before = await store.totals(high);
    for (const block of theirs) await store.apply(0, block.marks);
    await store.flush();
    await kill(store);

    const again = await open(folder);
    const fork = cutView(high, shared);
    const side = nextTip(high, growBy(fork, theirs), LIMIT);
    expect(await again.commit(high.rev, side)).toBe(true);
    expect(await again.totals(side.tip)).toMatchObject({ coins: 3 });
    await again.flush();
    expect(await again.totals(side.tip)).toMatchObject({ coins: 3 });
    const low = lighterTip(side.tip, cutView(side.tip, shared), LIMIT);
    expect(await again.commit(side.tip.rev, low)).toBe(true);
    expect(await again.totals(low.tip)).toMatchObject({ coins: 3, supply: 6n });
    const back = nextTip(low.tip, growBy(low.tip, ours), LIMIT);
    expect(await again.commit(low.tip.rev, back)).toBe(true);
    expect(await again.totals(back.tip)).toEqual(before);
  });

  it("counts the set by scanning as the memory store does", async () => {
    const { store, tip } = await fresh();
    const memory = createMemoryCoinStore("exos");
    const first = genesisTip({ hash: hashOf("a0"), work: 0n });
    await memory.commit(0, first);
    let at = tip;
    for (let height = 1; height <= 30; height++) {
      const spends = height > 3 ? [`t${height - 3}:0`, `t${height - 2}:8`] : [];
      const block = testBlock(height, "a", { [`t${height}`]: 10 }, spends);
      await memory.apply(0, block.marks);
      at = await connect(store, at, [block]);
      if (height % 7 === 0) await store.flush();
      expect(await store.totals(at)).toEqual(await memory.totals(at));
    }
  });

  it("refuses a scan of a height below what is still kept", async () => {
    const { store, tip } = await fresh();
    const low = await connect(store, tip, [testBlock(1, "a")]);
    await connect(
      store,
      low,
      [2, 3, 4, 5, 6].map((at) => testBlock(at, "a")),
    );
    await expect(keysOnDisk(store, low)).rejects.toThrow(StoreFault);
  });
});

describe("a folder", () => {
  it("is held by one store at a time", async () => {
    const { folder } = await fresh();
    await expect(open(folder)).rejects.toMatchObject({ code: "EXOS-E1001", retryable: false });
  });

  it.each([
    { name: "newer", format: 2, code: "EXOS-E1005" },
    { name: "older", format: 0, code: "EXOS-E1006" },
  ])("of a $name version is refused", async ({ format, code }) => {
    const { store, folder } = await fresh();
    await store.flush();
    await kill(store);
    await rewrite(folder, Uint8Array.of(1), Uint8Array.of(format));
    await expect(open(folder)).rejects.toMatchObject({ code });
  });

  it("with a flipped byte in a coin is named as damaged when the coin is read", async () => {
    const { store, folder, tip } = await fresh();
    await connect(store, tip, [testBlock(1, "a", { x: 1 })]);
    await store.flush();
    await kill(store);
    await flip(folder, 0x30);
    const again = await open(folder);
    const read = async () => again.read(0, [coinKeyOf(txidOf("x"), 0)]);
    await expect(read()).rejects.toMatchObject({ code: "EXOS-E1004" });
    await expect(read()).rejects.toThrow(folder);
  });

  it.each([
    { name: "tip", kind: 0x02 },
    { name: "totals", kind: 0x03 },
  ])("with a flipped byte in the $name does not open", async ({ kind }) => {
    const { store, folder } = await fresh();
    await store.flush();
    await kill(store);
    await flip(folder, kind);
    await expect(open(folder)).rejects.toMatchObject({ code: "EXOS-E1004" });
  });

  it("of a load that never became a tip opens empty", async () => {
    const folder = temporaryFolder();
    const store = await open(folder);
    const generation = await store.createGeneration();
    await store.apply(generation, testBlock(1, "a", { x: 1 }).marks);
    await store.flush();
    await kill(store);
    const again = await open(folder);
    expect(await again.tip()).toBeUndefined();
    expect(await again.createGeneration()).toBe(generation + 1);
  });
});

async function raw(folder: string): Promise<ClassicLevel<Uint8Array, Uint8Array>> {
  const db = new ClassicLevel<Uint8Array, Uint8Array>(folder, {
    keyEncoding: "view",
    valueEncoding: "view",
  });
  await db.open();
  return db;
}

/** Put a value with the checksum it needs. */
async function rewrite(folder: string, key: Uint8Array, value: Uint8Array): Promise<void> {
  const db = await raw(folder);
  const { crc32 } = await import("node:zlib");
  const sealed = new Uint8Array(4 + value.length);
  new DataView(sealed.buffer).setUint32(0, crc32(value, crc32(key)), true);
  sealed.set(value, 4);
  await db.put(key, sealed);
  await db.close();
}

/** Flip one bit in the last byte of the first row whose key begins so. */
async function flip(folder: string, kind: number): Promise<void> {
  const db = await raw(folder);
  for await (const [key, value] of db.iterator({ gte: Uint8Array.of(kind), limit: 1 })) {
    const bad = Uint8Array.from(value);
    bad[bad.length - 1] = (bad.at(-1) ?? 0) ^ 1;
    await db.put(key, bad);
  }
  await db.close();
}
