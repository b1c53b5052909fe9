import { describe, expect, it } from "vitest";
import { coinAt } from "#shared/coins/coin-at.ts";
import { baseMark } from "#shared/coins/mark.ts";
import { packOutputs } from "#shared/coins/pack-outputs.ts";
import {
  checkTip,
  genesisTip,
  lighterTip,
  nextTip,
  renumberedTip,
  switchedTip,
  type Tip,
} from "#shared/coins/tip.ts";
import {
  cutView,
  frozenGroupOf,
  growView,
  isActive,
  NOTHING_FROZEN,
  type View,
} from "#shared/coins/view.ts";
import { amount, type HashHex, height, unixSeconds } from "#shared/primitives/brand.ts";

const LIMIT = { reorgBlocksMax: 100 };
const idOf = (at: number, branch = 0): HashHex =>
  `${branch}`.padStart(8, "0").concat(`${at}`.padStart(56, "0")) as HashHex;
const block = (at: number, branch = 0) => ({
  height: at,
  hash: idOf(at, branch),
  work: BigInt(at),
});

function grow(view: View, to: number, branch = 0): View {
  let grown = view;
  while (grown.height < to) grown = growView(grown, block(grown.height + 1, branch));
  return grown;
}
function tipAt(to: number): Tip {
  const genesis = genesisTip({ hash: idOf(0), work: 0n }).tip;
  return to === 0 ? genesis : nextTip(genesis, grow(genesis, to), LIMIT).tip;
}

describe("a tip", () => {
  it("begins at genesis with an empty chain behind it", () => {
    const { tip, frozen } = genesisTip({ hash: idOf(0), work: 7n });
    expect(tip).toMatchObject({ rev: 1, gen: 0, floor: 0, height: 0, final: 0, base: 0, work: 7n });
    expect(tip.win).toEqual([idOf(0)]);
    expect(frozen).toEqual([]);
    checkTip(tip);
  });

  it("follows a heavier view, and final trails by the limit", () => {
    expect(tipAt(100)).toMatchObject({ rev: 2, height: 100, final: 0 });
    expect(tipAt(101)).toMatchObject({ height: 101, final: 1, base: 0 });
  });

  it("freezes whole groups, final in the tip it replaces and not sooner", () => {
    const early = tipAt(163);
    expect(early.final).toBe(63);
    const kept = nextTip(early, grow(early, 300), LIMIT);
    expect(kept.tip).toMatchObject({ final: 200, base: 0 });
    expect(kept.frozen).toEqual([]);
    const late = nextTip(kept.tip, grow(kept.tip, 301), LIMIT);
    expect(late.frozen.map(({ group }) => group)).toEqual([0, 1, 2]);
    expect(late.frozen[1]?.hashes).toEqual(Array.from({ length: 64 }, (_, at) => idOf(64 + at)));
    expect(late.tip).toMatchObject({ base: 192, final: 201 });
    expect(late.tip.win).toHaveLength(110);
    const edge = tipAt(164);
    expect(nextTip(edge, grow(edge, 165), LIMIT).tip.base).toBe(64);
  });

  it("takes another branch from final on, and refuses one below it", () => {
    const tip = tipAt(150);
    const fork = cutView(tip, block(50));
    const side = nextTip(tip, grow(fork, 151, 1), LIMIT);
    expect(side.tip.hash).toBe(idOf(151, 1));
    const low = { ...cutView(tip, block(49)) };
    expect(() => nextTip(tip, grow(low, 151, 1), LIMIT)).toThrow("final block");
  });

  it("never loses work by an ordinary write", () => {
    const tip = tipAt(150);
    expect(() => nextTip(tip, grow(cutView(tip, block(149)), 150, 1), LIMIT)).toThrow("work rises");
  });

  it("goes back on its own chain when a block is invalidated, not below final", () => {
    const tip = tipAt(150);
    const lower = lighterTip(tip, cutView(tip, block(60)), LIMIT).tip;
    expect(lower).toMatchObject({ rev: 3, height: 60, final: 50, hash: idOf(60) });
    expect(() => lighterTip(tip, cutView(tip, block(49)), LIMIT)).toThrow("final block");
    expect(() => lighterTip(tip, tip, LIMIT)).toThrow("lower");
    const side = grow(cutView(tip, block(60)), 70, 1);
    expect(() => lighterTip(tip, side, LIMIT)).toThrow("same chain");
  });

  it("only takes the next number when whoever is about to replace it must look again", () => {
    const tip = tipAt(150);
    const { height, hash, work, final } = tip;
    expect(renumberedTip(tip, LIMIT).tip).toMatchObject({ rev: 3, height, hash, work, final });
  });

  it("refuses a view of another generation or window", () => {
    const tip = tipAt(150);
    expect(() => nextTip(tip, { ...grow(tip, 151), gen: 1 }, LIMIT)).toThrow("grows on");
  });

  it("switches to a newer generation whose snapshot ends on its chain", () => {
    const tip = tipAt(150);
    const switched = switchedTip(tip, { gen: 1, floor: height(60), hash: idOf(60) });
    expect(switched.tip).toMatchObject({ gen: 1, floor: 60, final: 60, rev: 3, height: 150 });
    expect(() => switchedTip(tip, { gen: 0, floor: height(60), hash: idOf(60) })).toThrow("newer");
    expect(() => switchedTip(tip, { gen: 1, floor: height(60), hash: idOf(60, 1) })).toThrow(
      "active",
    );
    expect(() => switchedTip(tip, { gen: 1, floor: height(151), hash: idOf(151) })).toThrow(
      "active",
    );
  });

  const BROKEN: readonly { name: string; change: Partial<Tip>; error: string }[] = [
    { name: "rev 0", change: { rev: 0 }, error: "rev" },
    { name: "an odd base", change: { base: height(1) }, error: "multiple of 64" },
    { name: "final below base", change: { base: height(64) }, error: "base ≤ final" },
    { name: "floor above final", change: { floor: height(51) }, error: "floor ≤ final" },
    { name: "a short window", change: { win: [] }, error: "win reaches" },
    { name: "another last hash", change: { hash: idOf(9) }, error: "win ends" },
  ];
  it.each(BROKEN)("with $name is refused", ({ change, error }) => {
    expect(() => checkTip({ ...tipAt(150), ...change })).toThrow(error);
  });

  it("carries at most 4,096 hashes", () => {
    const limit = { reorgBlocksMax: 10_000 };
    const genesis = genesisTip({ hash: idOf(0), work: 0n }).tip;
    expect(nextTip(genesis, grow(genesis, 4_095), limit).tip.win).toHaveLength(4_096);
    expect(() => nextTip(genesis, grow(genesis, 4_096), limit)).toThrow("4096");
  });
});

describe("a view", () => {
  it("grows by the next height with more work, and is cut only inside of its window", () => {
    const tip = tipAt(10);
    expect(() => growView(tip, block(12))).toThrow(RangeError);
    expect(() => growView(tip, { ...block(11), work: tip.work })).toThrow(RangeError);
    expect(cutView(tip, block(10)).win).toHaveLength(11);
    expect(() => cutView(tip, block(5, 1))).toThrow(RangeError);
    expect(() => cutView(tip, block(11))).toThrow(RangeError);
  });

  it("counts marks of its own blocks above the floor, and base marks always", () => {
    const view: View = { ...grow(tipAt(0), 10), floor: height(3) };
    const active = (at: number, branch = 0): boolean =>
      isActive(view, { height: height(at), hash: idOf(at, branch) }, NOTHING_FROZEN);
    expect([3, 4, 10, 11].map((at) => active(at))).toEqual([false, true, true, false]);
    expect(active(5, 1)).toBe(false);
    expect(isActive(view, baseMark(height(3)), NOTHING_FROZEN)).toBe(true);
    expect(isActive(view, baseMark(height(99)), NOTHING_FROZEN)).toBe(true);
  });

  it("asks the frozen index below its window, and takes no absence for an answer", () => {
    const first = tipAt(170);
    const { tip, frozen } = nextTip(first, grow(first, 171), LIMIT);
    expect(tip.base).toBe(64);
    const index = new Map(frozen.map(({ group, hashes }) => [group, hashes]));
    const mark = { height: height(63), hash: idOf(63) };
    expect(frozenGroupOf(tip, mark)).toBe(0);
    expect(isActive(tip, mark, index)).toBe(true);
    expect(isActive(tip, { ...mark, hash: idOf(63, 1) }, index)).toBe(false);
    expect(() => isActive(tip, mark, NOTHING_FROZEN)).toThrow(RangeError);
    expect(frozenGroupOf(tip, { height: height(64), hash: idOf(64) })).toBeUndefined();
    expect(frozenGroupOf(tip, baseMark(height(1)))).toBeUndefined();
    expect(frozenGroupOf({ ...tip, floor: height(63) }, mark)).toBeUndefined();
  });
});

describe("a coin", () => {
  const content = {
    outputs: packOutputs([{ value: amount(5n), scriptPubKey: Uint8Array.of(0x51) }]),
    time: unixSeconds(9),
    kind: "ordinary",
  } as const;
  const mark = (at: number, branch = 0) => ({ height: height(at), hash: idOf(at, branch) });
  const view = grow(tipAt(0), 20);
  const at = (creators: number[], spenders: number[]) =>
    coinAt(
      view,
      {
        content,
        creators: creators.map((height_) => mark(height_)),
        spends: spenders.map((height_) => ({ mark: mark(height_), slots: 1 })),
      },
      0,
      NOTHING_FROZEN,
    )?.height;

  it("is unspent where its highest active creator is above every active spender", () => {
    expect(at([5], [])).toBe(5);
    expect(at([5], [5])).toBeUndefined();
    expect(at([5], [6])).toBeUndefined();
    expect(at([5], [21])).toBe(5);
    expect(at([5, 9], [6])).toBe(9);
    expect(at([9, 5], [6])).toBe(9);
    expect(at([5, 9], [6, 9])).toBeUndefined();
    expect(at([21], [])).toBeUndefined();
    expect(at([], [6])).toBeUndefined();
    const empty = { content: undefined, creators: [mark(5)], spends: [] };
    expect(coinAt(view, empty, 0, NOTHING_FROZEN)).toBeUndefined();
  });

  it("is another one at another slot", () => {
    const item = { content, creators: [mark(5)], spends: [{ mark: mark(6), slots: 0b10 }] };
    expect(coinAt(view, item, 0, NOTHING_FROZEN)?.value).toBe(5n);
    expect(coinAt(view, item, 1, NOTHING_FROZEN)).toBeUndefined();
    expect(coinAt(view, item, 7, NOTHING_FROZEN)).toBeUndefined();
  });
});
