import { ClassicLevel } from "classic-level";
import { afterEach, describe, expect, it } from "vitest";
import { CoinJournals, journalKeysOf } from "#shared/adapters/embedded/coin-journals.ts";
import { coinRowKey } from "#shared/adapters/embedded/coin-row.ts";
import {
  type LevelCoinStore,
  openLevelCoinStore,
} from "#shared/adapters/embedded/level-coin-store.ts";
import { journalKey, LevelCoinTables } from "#shared/adapters/embedded/level-coin-tables.ts";
import { coinAt } from "#shared/coins/coin-at.ts";
import { coinKeyOf } from "#shared/coins/coin-key.ts";
import { genesisTip, nextTip, type Tip } from "#shared/coins/tip.ts";
import { cutView, NOTHING_FROZEN } from "#shared/coins/view.ts";
import {
  coinHeight,
  growBy,
  hashOf,
  type TestBlock,
  testBlock,
  txidOf,
} from "../support/coin-chain.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const LIMIT = { reorgBlocksMax: 4 };
const X = coinKeyOf(txidOf("x"), 0);
const held: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of held.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function open(folder: string, journalKeysMax?: number): Promise<LevelCoinStore> {
  const limit = journalKeysMax === undefined ? {} : { journalKeysMax };
  const store = await openLevelCoinStore({ folder, dialect: "exos", cacheMebibytes: 0, ...limit });
  held.push(store);
  return store;
}

async function close(store: LevelCoinStore): Promise<void> {
  held.splice(held.indexOf(store), 1);
  await store[Symbol.asyncDispose]();
}

/** Each block with a flush of its own. */
async function connect(
  store: LevelCoinStore,
  tip: Tip,
  blocks: readonly TestBlock[],
): Promise<Tip> {
  let at = tip;
  for (const block of blocks) {
    await store.apply(at.gen, block.marks);
    const next = nextTip(at, growBy(at, [block]), LIMIT);
    expect(await store.commit(at.rev, next)).toBe(true);
    await store.flush();
    at = next.tip;
  }
  return at;
}

const ONE = testBlock(1, "a", { x: 2, keep: 1 });
const TWO = testBlock(2, "a", { y: 1 }, ["x:0"]);
const blank = (from: number, to: number): TestBlock[] =>
  Array.from({ length: to - from + 1 }, (_, at) => testBlock(from + at, "a"));

async function spentAtTwo(folder: string, journalKeysMax?: number) {
  const store = await open(folder, journalKeysMax);
  const first = genesisTip({ hash: hashOf("a0"), work: 0n });
  await store.commit(0, first);
  return { store, tip: await connect(store, first.tip, [ONE, TWO]) };
}

async function rowOf(folder: string): Promise<Uint8Array | undefined> {
  const db = new ClassicLevel<Uint8Array, Uint8Array>(folder, {
    keyEncoding: "view",
    valueEncoding: "view",
  });
  await db.open();
  const row = await db.get(coinRowKey(0, X));
  await db.close();
  return row;
}

/** What one view shows of x through every way to read. */
async function outputsOfX(store: LevelCoinStore, tip: Tip) {
  const scanned: (typeof ONE.marks)[number]["key"][] = [];
  let spentInScan: boolean | undefined;
  for await (const { key, item } of store.scan(tip)) {
    scanned.push(key);
    if (key === X) spentInScan = coinAt(tip, item, 0, NOTHING_FROZEN) === undefined;
  }
  const [whole] = await store.readTransaction(0, txidOf("x"));
  return {
    read: [await coinHeight(store, tip, "x:0"), await coinHeight(store, tip, "x:1")],
    spentInScan,
    spentInTransaction:
      whole === undefined ? undefined : coinAt(tip, whole.item, 0, NOTHING_FROZEN) === undefined,
    coins: (await store.totals(tip)).coins,
  };
}

const SPENT = { read: [undefined, 1], spentInScan: true, spentInTransaction: true, coins: 3 };
const UNSPENT = { read: [1, 1], spentInScan: false, spentInTransaction: false, coins: 3 };

describe("a spend in a block that is not final", () => {
  it("leaves the row as it was; the journal carries it", async () => {
    const folder = temporaryFolder();
    const store = await open(folder);
    const first = genesisTip({ hash: hashOf("a0"), work: 0n });
    await store.commit(0, first);
    const one = await connect(store, first.tip, [ONE]);
    await close(store);
    const before = await rowOf(folder);
    const again = await open(folder);
    await connect(again, one, [TWO]);
    await close(again);
    expect(await rowOf(folder)).toEqual(before);
  });

  it.each([
    { name: "carried by journals", before: undefined, after: undefined },
    { name: "in rows, for want of memory", before: 0, after: 0 },
    { name: "carried first, then in rows", before: undefined, after: 0 },
    { name: "in rows first, then carried", before: 0, after: undefined },
  ])("is there after reopening, $name, and until long after", async ({ before, after }) => {
    const folder = temporaryFolder();
    const { store, tip } = await spentAtTwo(folder, before);
    expect(await outputsOfX(store, tip)).toEqual(SPENT);
    await close(store);
    const again = await open(folder, after);
    expect(await outputsOfX(again, tip)).toEqual(SPENT);
    expect(await coinHeight(again, cutView(tip, ONE), "x:0")).toBe(1);

    const low = await connect(again, tip, blank(3, 5));
    expect(low.final).toBe(1);
    expect(await outputsOfX(again, low)).toEqual(SPENT);
    const high = await connect(again, low, blank(6, 7));
    expect(await outputsOfX(again, high)).toEqual(SPENT);
    await close(again);
    const last = await open(folder, before);
    expect(await outputsOfX(last, high)).toEqual(SPENT);
    await connect(last, high, [testBlock(8, "a", {}, ["x:1"]), ...blank(9, 12)]);
    await close(last);
    expect(await rowOf(folder)).toBeUndefined();
  });

  it("counts no more once a reorganisation has left its block, and again after the way back", async () => {
    const folder = temporaryFolder();
    const { store, tip } = await spentAtTwo(folder);
    await close(store);
    const again = await open(folder);
    const theirs = [2, 3].map((at) => testBlock(at, "b", at === 2 ? { z: 1 } : {}, []));
    for (const block of theirs) await again.apply(0, block.marks);
    const side = nextTip(tip, growBy(cutView(tip, ONE), theirs), LIMIT);
    expect(await again.commit(tip.rev, side)).toBe(true);
    expect(await outputsOfX(again, side.tip)).toEqual({ ...UNSPENT, coins: 4 });
    await close(again);

    // Nobody applies the marks of the first branch again: its journal has them.
    const third = await open(folder);
    expect(await outputsOfX(third, side.tip)).toEqual({ ...UNSPENT, coins: 4 });
    const ours = [TWO, testBlock(3, "a"), testBlock(4, "a")];
    for (const block of ours.slice(1)) await third.apply(0, block.marks);
    const back = nextTip(side.tip, growBy(cutView(side.tip, ONE), ours), LIMIT);
    expect(await third.commit(side.tip.rev, back)).toBe(true);
    expect(await outputsOfX(third, back.tip)).toEqual(SPENT);
  });

  it("is forgotten when its branch can never come back", async () => {
    const folder = temporaryFolder();
    const { store, tip } = await spentAtTwo(folder);
    const theirs = [2, 3, 4, 5, 6, 7].map((at) => testBlock(at, "b"));
    for (const block of theirs) await store.apply(0, block.marks);
    const side = nextTip(tip, growBy(cutView(tip, ONE), theirs), LIMIT);
    expect(await store.commit(tip.rev, side)).toBe(true);
    await store.flush();
    await close(store);
    const again = await open(folder);
    const [item] = await again.read(0, [X]);
    expect(item?.spends).toEqual([]);
    expect(await coinHeight(again, side.tip, "x:0")).toBe(1);
  });

  it("is seen by a scan that began before it became final", async () => {
    const { store, tip } = await spentAtTwo(temporaryFolder());
    const scan = store.scan(tip)[Symbol.asyncIterator]();
    const found = [await scan.next()];
    await connect(store, tip, blank(3, 8));
    for (let next = await scan.next(); next.done !== true; next = await scan.next()) {
      found.push(next);
    }
    const items = found.flatMap(({ done, value }) => (done === true ? [] : [value]));
    const x = items.find(({ key }) => key === X);
    expect(x?.item.spends).toEqual([{ mark: { height: 2, hash: TWO.hash }, slots: 1 }]);
  });
});

describe("journals", () => {
  it("that come while a flush writes spends to rows carry their own", async () => {
    await using tables = await LevelCoinTables.open(temporaryFolder());
    const journals = await CoinJournals.open(tables);
    const add = (block: TestBlock) =>
      journals.add({ gen: 0, ...block, keys: journalKeysOf(block.marks) });
    add(TWO);
    const cut = journals.cut(0, 0, 1);
    const late = testBlock(3, "a", {}, ["x:1"]);
    add(late);
    const batch = tables.batch();
    const seen = journals.save(batch, cut);
    await batch.write();
    journals.saved(seen, cut);
    const mark = { height: 3, hash: late.hash };
    for (const read of [journals, await CoinJournals.open(tables)]) {
      expect(read.spendsOf(0)).toEqual(new Map([[X, [{ mark, slots: 2 }]]]));
    }
  });

  it("with the shape of something else are named as damaged", async () => {
    await using tables = await LevelCoinTables.open(temporaryFolder());
    const journals = await CoinJournals.open(tables);

    const batch = tables.batch();
    batch.put(journalKey({ gen: 0, height: 1, hash: ONE.hash }), Uint8Array.of(1, 9, 0, 0, 0));
    await batch.write();
    expect(journals.of(0)).toEqual([]);
    await expect(CoinJournals.open(tables)).rejects.toMatchObject({ code: "EXOS-E1004" });
  });
});
