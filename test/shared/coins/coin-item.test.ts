import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodeFault } from "#shared/codec/reader.ts";
import { addMarks, type CoinItem, mergeItems } from "#shared/coins/coin-item.ts";
import { coinItemSize, decodeCoinItem, writeCoinItem } from "#shared/coins/coin-item-codec.ts";
import { coinKeyOf } from "#shared/coins/coin-key.ts";
import { baseMark, type Mark } from "#shared/coins/mark.ts";
import { packOutputs } from "#shared/coins/pack-outputs.ts";
import { pruneItem } from "#shared/coins/prune-item.ts";
import { setChanges } from "#shared/coins/set-change.ts";
import { genesisTip, nextTip, type Tip } from "#shared/coins/tip.ts";
import { decodeTip, encodeTip } from "#shared/coins/tip-codec.ts";
import { NOTHING_FROZEN } from "#shared/coins/view.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import { growBy, hashOf, testBlock, txidOf } from "../../support/coin-chain.ts";

/** The item's bytes, written between others that stay as they are. */
function encodeCoinItem(item: CoinItem): Uint8Array {
  const bytes = new Uint8Array(coinItemSize(item) + 2).fill(0xa5);
  writeCoinItem(item, bytes, 1);
  expect([bytes[0], bytes.at(-1)]).toEqual([0xa5, 0xa5]);
  return bytes.slice(1, -1);
}

const KEY = coinKeyOf(txidOf("x"), 0);
const mark = (at: number, branch = "a"): Mark => ({
  height: height(at),
  hash: hashOf(`${branch}${at}`),
});
const output = (script: number) => ({ value: amount(9n), scriptPubKey: Uint8Array.of(script) });
const content = {
  outputs: packOutputs([output(0x51), output(0x6a), output(0x52)]),
  time: unixSeconds(4_000_000_000),
  kind: "coinstake",
} as const;

function tipAt(top: number): Tip {
  const first = genesisTip({ hash: hashOf("a0"), work: 0n }).tip;
  const blocks = Array.from({ length: top }, (_, at) => testBlock(at + 1, "a"));
  return nextTip(first, growBy(first, blocks), { reorgBlocksMax: 10 }).tip;
}
const TIP = tipAt(20);
const FINAL = { view: TIP, frozen: NOTHING_FROZEN, final: TIP.final };

describe("an item on disk", () => {
  const marks = fc
    .tuple(fc.nat(0xffff_ffff), fc.boolean())
    .map(([at, isBase]) => (isBase ? baseMark(height(at)) : mark(at)));
  const items: fc.Arbitrary<CoinItem> = fc.record({
    content: fc.constantFrom(
      undefined,
      content,
      { ...content, kind: "coinbase" as const },
      { ...content, kind: "ordinary" as const, outputs: new Uint8Array(300) },
    ),
    creators: fc.array(marks, { maxLength: 3 }),
    spends: fc.array(fc.record({ mark: marks, slots: fc.nat(255) }), { maxLength: 3 }),
  });

  it("comes back as it was", () => {
    fc.assert(
      fc.property(items, (item) => {
        expect(decodeCoinItem(encodeCoinItem(item))).toEqual(item);
      }),
    );
    const many: CoinItem = {
      content,
      creators: Array.from({ length: 300 }, (_, at) => mark(at)),
      spends: [],
    };
    expect(decodeCoinItem(encodeCoinItem(many))).toEqual(many);
  });

  it("takes 14 bytes beside its outputs when it is settled", () => {
    const settled: CoinItem = { content, creators: [baseMark(height(5))], spends: [] };
    expect(encodeCoinItem(settled).length).toBe(1 + 4 + 1 + 4 + content.outputs.length);
  });

  it("is refused when it is cut or of no kind", () => {
    const bytes = encodeCoinItem({ content, creators: [mark(1)], spends: [] });
    expect(() => decodeCoinItem(bytes.subarray(0, -1))).toThrow(DecodeFault);
    expect(() => decodeCoinItem(Uint8Array.of(3))).toThrow(DecodeFault);
  });

  it("remembers the bytes of few hashes at a time, and writes them all the same", () => {
    for (let at = 0; at < 5_000; at++) {
      const item: CoinItem = { content: undefined, creators: [mark(at)], spends: [] };
      if (at % 500 === 0) expect(decodeCoinItem(encodeCoinItem(item))).toEqual(item);
      else encodeCoinItem(item);
    }
  });
});

describe("a tip on disk", () => {
  it("comes back as it was", () => {
    expect(decodeTip(encodeTip(TIP))).toEqual(TIP);
  });

  it("is refused when its window is empty or its work is no number", () => {
    const bytes = encodeTip({ ...TIP, win: [] });
    expect(() => decodeTip(bytes)).toThrow(DecodeFault);
    const bad = encodeTip(TIP);
    bad[25] = 0x7a;
    expect(() => decodeTip(bad)).toThrow(DecodeFault);
  });
});

describe("marks of an item", () => {
  const one = { key: KEY, mark: mark(1), created: content, spent: 0 };
  const spend = (at: number, slots: number) => ({
    key: KEY,
    mark: mark(at),
    created: undefined,
    spent: slots,
  });

  it("gather in any order, and once", () => {
    const forward = addMarks(addMarks(undefined, one), spend(2, 1));
    const back = addMarks(addMarks(addMarks(undefined, spend(2, 1)), one), spend(2, 1));
    expect(back).toEqual(forward);
    expect(addMarks(forward, one)).toEqual(forward);
    expect(addMarks(forward, spend(2, 2)).spends).toEqual([{ mark: mark(2), slots: 3 }]);
  });

  it("of two readings are those of either", () => {
    const a = addMarks(addMarks(undefined, one), spend(2, 1));
    const b = addMarks(addMarks(undefined, spend(2, 2)), { ...one, mark: mark(1, "b") });
    expect(mergeItems(a, b)).toEqual({
      content,
      creators: [mark(1), mark(1, "b")],
      spends: [{ mark: mark(2), slots: 3 }],
    });
    const other = addMarks(undefined, spend(3, 1));
    expect(mergeItems(a, other)?.spends).toHaveLength(2);
    expect(mergeItems(other, a)?.content).toBe(content);
    expect(mergeItems(a, undefined)).toBe(a);
    expect(mergeItems(undefined, a)).toBe(a);
  });
});

describe("pruning", () => {
  const item = (creators: readonly Mark[], ...spends: readonly [Mark, number][]): CoinItem => ({
    content,
    creators,
    spends: spends.map(([at, slots]) => ({ mark: at, slots })),
  });

  it("drops what is spent for ever, when final passes the spender and not before", () => {
    expect(TIP.final).toBe(10);
    expect(pruneItem(item([mark(1)], [mark(10), 0b101]), FINAL)).toBeUndefined();
    expect(pruneItem(item([mark(1)], [mark(11), 0b101]), FINAL)).toBeDefined();
    expect(pruneItem(item([mark(1)], [mark(10), 0b001]), FINAL)).toBeDefined();
  });

  it("keeps a final maker, its spends and every open mark, and nothing else", () => {
    const pruned = pruneItem(
      item([mark(1), mark(2, "b"), mark(15, "b")], [mark(3, "b"), 4], [mark(4), 1], [mark(12), 4]),
      FINAL,
    );
    expect(pruned).toEqual(
      item([baseMark(height(1)), mark(15, "b")], [baseMark(height(1)), 1], [mark(12), 4]),
    );
  });

  it("keeps an item that is made again above final, though it is dead below", () => {
    const pruned = pruneItem(item([mark(1), mark(12)], [mark(2), 0b101]), FINAL);
    expect(pruned?.creators).toEqual([baseMark(height(1)), mark(12)]);
    expect(pruneItem(item([mark(1), mark(5)], [mark(2), 0b101]), FINAL)).toEqual(
      item([baseMark(height(5))]),
    );
  });

  it("forgets what only dead branches made, and keeps what is open", () => {
    expect(pruneItem(item([mark(2, "b")], [mark(3, "b"), 1]), FINAL)).toBeUndefined();
    expect(pruneItem(item([mark(2, "b")], [mark(13), 1]), FINAL)).toEqual(item([], [mark(13), 1]));
    expect(pruneItem(item([mark(12)]), FINAL)).toEqual(item([mark(12)]));
  });

  it("keeps an item without content while some output may be unspent", () => {
    const bare = { ...item([mark(1)], [mark(2), 1]), content: undefined };
    expect(pruneItem(bare, FINAL)).toBeDefined();
    expect(
      pruneItem({ ...item([mark(1)], [mark(2), 0xff]), content: undefined }, FINAL),
    ).toBeUndefined();
  });
});

describe("changes of the set between two views", () => {
  const low = { view: tipAt(5), frozen: NOTHING_FROZEN };
  const high = { view: TIP, frozen: NOTHING_FROZEN };
  const item: CoinItem = { content, creators: [mark(3)], spends: [{ mark: mark(8), slots: 1 }] };

  it("are what one has and the other has not, both ways", () => {
    expect(setChanges(item, low, high)).toMatchObject([
      { slot: 0, added: false, coin: { height: 3 } },
    ]);
    expect(setChanges(item, high, low)).toMatchObject([
      { slot: 0, added: true, coin: { height: 3 } },
    ]);
    expect(setChanges(item, low, low)).toEqual([]);
    expect(setChanges(item, undefined, high)).toMatchObject([{ slot: 2, added: true }]);
    expect(setChanges({ ...item, content: undefined }, low, high)).toEqual([]);
  });

  it("are two where a coin was made again", () => {
    const again: CoinItem = { ...item, creators: [mark(3), mark(9)] };
    expect(setChanges(again, low, high)).toMatchObject([
      { slot: 0, added: false, coin: { height: 3 } },
      { slot: 0, added: true, coin: { height: 9 } },
      { slot: 2, added: false, coin: { height: 3 } },
      { slot: 2, added: true, coin: { height: 9 } },
    ]);
  });
});
