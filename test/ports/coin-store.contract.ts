import { describe, expect, it } from "vitest";
import { coinKeyOf } from "#shared/coins/coin-key.ts";
import { baseMark } from "#shared/coins/mark.ts";
import {
  genesisTip,
  lighterTip,
  type NextTip,
  nextTip,
  switchedTip,
  type Tip,
} from "#shared/coins/tip.ts";
import { cutView } from "#shared/coins/view.ts";
import type { CoinStore, ScannedItem } from "#shared/ports/coin-store.ts";
import { height } from "#shared/primitives/brand.ts";
import {
  coinHeight,
  growBy,
  hashOf,
  type TestBlock,
  testBlock,
  txidOf,
} from "../support/coin-chain.ts";

const LIMIT = { reorgBlocksMax: 10 };

async function start(store: CoinStore): Promise<Tip> {
  const next = genesisTip({ hash: hashOf("a0"), work: 0n });
  expect(await store.commit(0, next)).toBe(true);
  return next.tip;
}

const blank = (from: number, to: number, branch = "a"): TestBlock[] =>
  Array.from({ length: to - from + 1 }, (_, at) => testBlock(from + at, branch));

async function collect(items: AsyncIterable<ScannedItem>): Promise<ScannedItem[]> {
  const all: ScannedItem[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/**
 * What every coin store promises.
 *
 * @param create an empty one each time
 * @param totalsOf what a tip carries as its totals, where the store does not bring them forward
 */
export function coinStoreContract(
  create: () => Promise<CoinStore>,
  totalsOf: (store: CoinStore, next: NextTip) => Promise<Uint8Array | undefined> = async () =>
    undefined,
): void {
  /** Commit, with what the store wants a tip to carry. @returns the tip; `undefined` if refused */
  const commit = async (
    store: CoinStore,
    expectedRev: number,
    next: NextTip,
  ): Promise<Tip | undefined> => {
    const tip: Tip = { ...next.tip, mu: next.tip.mu ?? (await totalsOf(store, next)) };
    return (await store.commit(expectedRev, { ...next, tip })) ? tip : undefined;
  };
  const replace = async (store: CoinStore, tip: Tip, next: NextTip): Promise<Tip> => {
    const committed = await commit(store, tip.rev, next);
    if (committed === undefined) throw new RangeError("the commit was refused");
    return committed;
  };
  /** Apply blocks and commit the last of them. */
  const connect = async (
    store: CoinStore,
    tip: Tip,
    blocks: readonly TestBlock[],
  ): Promise<Tip> => {
    for (const block of blocks) await store.apply(tip.gen, block.marks);
    return replace(store, tip, nextTip(tip, growBy(tip, blocks), LIMIT));
  };

  describe("the tip", () => {
    it("is absent before the first commit", async () => {
      const store = await create();
      expect(await store.tip()).toBeUndefined();
      const tip = await start(store);
      expect(await store.tip()).toEqual(tip);
    });

    it("is replaced by whoever knows its rev, and by nobody else", async () => {
      const store = await create();
      const tip = await start(store);
      const one = nextTip(tip, growBy(tip, [testBlock(1, "a")]), LIMIT);
      const other = nextTip(tip, growBy(tip, [testBlock(1, "b")]), LIMIT);
      expect(await commit(store, tip.rev, one)).toBeDefined();
      expect(await commit(store, tip.rev, other)).toBeUndefined();
      expect(await commit(store, 0, other)).toBeUndefined();
      expect((await store.tip())?.hash).toBe(hashOf("a1"));
    });

    it("is refused when it breaks an invariant", async () => {
      const store = await create();
      const { tip, frozen } = genesisTip({ hash: hashOf("a0"), work: 0n });
      await expect(store.commit(0, { tip: { ...tip, win: [] }, frozen })).rejects.toThrow(
        RangeError,
      );
      expect(await store.tip()).toBeUndefined();
    });
  });

  describe("marks", () => {
    it("make a coin once their block is active, not before", async () => {
      const store = await create();
      const tip = await start(store);
      const block = testBlock(1, "a", { x: 2 });
      await store.apply(0, block.marks);
      expect(await coinHeight(store, tip, "x:0")).toBeUndefined();
      const after = await connect(store, tip, [block]);
      expect(await coinHeight(store, after, "x:0")).toBe(1);
      expect(await coinHeight(store, tip, "x:0")).toBeUndefined();
      expect(await coinHeight(store, after, "x:2")).toBeUndefined();
    });

    it("say the same in any order and however often they come", async () => {
      const store = await create();
      const tip = await start(store);
      const maker = testBlock(1, "a", { x: 9 });
      const spender = testBlock(2, "a", { y: 1 }, ["x:0", "x:8"]);
      for (const block of [spender, maker, spender, maker]) await store.apply(0, block.marks);
      const after = await connect(store, tip, [maker, spender]);
      expect(await coinHeight(store, after, "x:0")).toBeUndefined();
      expect(await coinHeight(store, after, "x:1")).toBe(1);
      expect(await coinHeight(store, after, "x:8")).toBeUndefined();
      expect(await coinHeight(store, after, "y:0")).toBe(2);
      expect(await store.totals(after)).toMatchObject({ coins: 8, supply: 36n });
    });

    it("leave a losing branch without effect, and count when it wins", async () => {
      const store = await create();
      const tip = await start(store);
      const ours = [testBlock(1, "a", { x: 1 }), testBlock(2, "a", { y: 1 }, ["x:0"])];
      const theirs = [testBlock(2, "b", { z: 1 }, ["x:0"]), testBlock(3, "b", {}, ["z:0"])];
      const first = await connect(store, tip, ours);
      const before = await store.totals(first);
      for (const block of theirs) await store.apply(0, block.marks);
      expect(await coinHeight(store, first, "y:0")).toBe(2);
      expect(await store.totals(first)).toEqual(before);

      const fork = cutView(first, ours[0] ?? first);
      const next = await replace(store, first, nextTip(first, growBy(fork, theirs), LIMIT));
      expect(await coinHeight(store, next, "y:0")).toBeUndefined();
      expect(await coinHeight(store, next, "z:0")).toBeUndefined();
      expect(await store.totals(next)).toMatchObject({ coins: 0, supply: 0n });
      expect(await coinHeight(store, first, "y:0")).toBe(2);
    });

    it("bring back what they spent when the tip goes down", async () => {
      const store = await create();
      const tip = await start(store);
      const blocks = [testBlock(1, "a", { x: 1 }), testBlock(2, "a", { y: 1 }, ["x:0"])];
      const high = await connect(store, tip, blocks);
      const lighter = lighterTip(high, cutView(high, blocks[0] ?? high), LIMIT);
      const low = await replace(store, high, lighter);
      expect(await coinHeight(store, low, "x:0")).toBe(1);
      const again = await connect(store, low, blocks.slice(1));
      expect(await coinHeight(store, again, "x:0")).toBeUndefined();
      expect((await store.totals(again)).muhash).toEqual((await store.totals(high)).muhash);
    });

    it("count a txid again that was made, spent, and made once more", async () => {
      const store = await create();
      const tip = await start(store);
      const made = [testBlock(1, "a", { x: 2 }), testBlock(2, "a", {}, ["x:0", "x:1"])];
      const after = await connect(store, tip, [...made, testBlock(3, "a", { x: 2 })]);
      expect(await coinHeight(store, after, "x:0")).toBe(3);
      expect(await store.totals(after)).toMatchObject({ coins: 2 });
      const end = await connect(store, after, [testBlock(4, "a", {}, ["x:1"])]);
      expect(await coinHeight(store, end, "x:1")).toBeUndefined();
      expect(await store.totals(end)).toMatchObject({ coins: 1, supply: 1n });
    });
  });

  describe("history", () => {
    it("is frozen when it leaves the window, and decides about old marks", async () => {
      const store = await create();
      let tip = await start(store);
      tip = await connect(store, tip, [testBlock(1, "a", { x: 2 }), ...blank(2, 80)]);
      await store.apply(0, testBlock(1, "b", { x: 2, w: 1 }).marks);
      expect(await store.frozen(0)).toBeUndefined();
      tip = await connect(store, tip, blank(81, 90));
      const group = await store.frozen(0);
      expect(group).toHaveLength(64);
      expect(group?.[1]).toBe(hashOf("a1"));
      expect(tip.base).toBe(64);
      expect(await coinHeight(store, tip, "x:0")).toBe(1);
      expect(await coinHeight(store, tip, "w:0")).toBeUndefined();
      expect(await store.totals(tip)).toMatchObject({ coins: 2 });
    });
  });

  describe("reads", () => {
    it("answer in the order asked, and nothing for what is unknown", async () => {
      const store = await create();
      await start(store);
      await store.apply(0, testBlock(1, "a", { x: 1, y: 1 }).marks);
      const keys = ["y", "nobody", "x"].map((name) => coinKeyOf(txidOf(name), 0));
      const [y, nobody, x] = await store.read(0, keys);
      expect(nobody).toBeUndefined();
      expect([x, y].map((item) => item?.creators.length)).toEqual([1, 1]);
    });

    it("hand out plain bytes", async () => {
      const store = await create();
      await start(store);
      await store.apply(0, testBlock(1, "a", { x: 1 }).marks);
      const [item] = await store.read(0, [coinKeyOf(txidOf("x"), 0)]);
      expect(item?.content?.outputs.constructor).toBe(Uint8Array);
    });

    it("find every item of one transaction, in order", async () => {
      const store = await create();
      await start(store);
      await store.apply(0, testBlock(1, "a", { w: 1, x: 30, y: 9 }).marks);
      const items = await store.readTransaction(0, txidOf("x"));
      expect(items.map(({ key }) => key)).toEqual(
        [0, 8, 16, 24].map((index) => coinKeyOf(txidOf("x"), index)),
      );
      expect(await store.readTransaction(0, txidOf("nobody"))).toEqual([]);
    });

    it("scan a whole generation in order of its keys", async () => {
      const store = await create();
      const tip = await start(store);
      const block = testBlock(1, "a", { x: 9, y: 1, z: 20 });
      const after = await connect(store, tip, [block]);
      const found = (await collect(store.scan(after))).map(({ key }) => key);
      expect(found).toEqual(block.marks.map(({ key }) => key).sort());
    });
  });

  describe("a generation", () => {
    it("is filled unseen, then becomes the tip's, with the same set", async () => {
      const store = await create();
      let tip = await start(store);
      const blocks = [testBlock(1, "a", { x: 9 }), testBlock(2, "a", { y: 2 }, ["x:0", "x:8"])];
      tip = await connect(store, tip, blocks);
      const before = await store.totals(tip);
      const generation = await store.createGeneration();
      expect(generation).toBeGreaterThan(0);
      await store.apply(
        generation,
        (blocks[0]?.marks ?? []).map((marks) => ({ ...marks, mark: baseMark(height(1)) })),
      );
      await store.apply(generation, blocks[1]?.marks ?? []);
      expect(await store.totals(tip)).toEqual(before);
      const next = switchedTip(tip, { gen: generation, floor: height(1), hash: hashOf("a1") });
      const after = await replace(store, tip, next);
      expect(await coinHeight(store, after, "x:1")).toBe(1);
      expect(await coinHeight(store, after, "x:0")).toBeUndefined();
      expect(await coinHeight(store, after, "y:1")).toBe(2);
      expect(await store.totals(after)).toEqual(before);
      await store.dropGeneration(0);
      await store.apply(0, testBlock(3, "a", { v: 1 }).marks);
      expect(await coinHeight(store, after, "y:1")).toBe(2);
      await expect(store.dropGeneration(generation)).rejects.toThrow(RangeError);
      const gone = { name: "StoreFault", retryable: true };
      const keys = [coinKeyOf(txidOf("x"), 0)];
      await expect((async () => store.read(0, keys))()).rejects.toMatchObject(gone);
    });

    it("that became the tip's is not changed by its loading, come again", async () => {
      const store = await create();
      const first = testBlock(1, "a", { x: 1, y: 1 });
      let tip = await connect(store, await start(store), [first]);
      const load = first.marks.map((marks) => ({ ...marks, mark: baseMark(height(1)) }));
      const generation = await store.createGeneration();
      await store.apply(generation, load);
      const named = switchedTip(tip, { gen: generation, floor: height(1), hash: hashOf("a1") });
      tip = await replace(store, tip, named);
      // The spent coin is final, so a store may have dropped it, before its loading comes again.
      for (let at = 2; at < 30; at++) {
        tip = await connect(store, tip, [testBlock(at, "a", {}, at === 2 ? ["x:0"] : [])]);
        await store.totals(tip);
      }
      await store.apply(generation, load);
      expect(await coinHeight(store, tip, "x:0")).toBeUndefined();
      expect(await coinHeight(store, tip, "y:0")).toBe(1);
      expect((await store.totals(tip)).coins).toBe(1);
    });
  });
}
