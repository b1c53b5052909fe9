import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { checkChainLimits } from "#shared/consensus/policy/check-chain-limits.ts";
import { checkReplacement } from "#shared/consensus/policy/check-replacement.ts";
import { findConflicts } from "#shared/consensus/policy/find-conflicts.ts";
import { findPoolCoins } from "#shared/consensus/policy/find-pool-coins.ts";
import { PoolGraph, type PoolMember, usageOf } from "#shared/consensus/policy/pool-graph.ts";
import { defaultPolicy } from "#shared/consensus/policy/pool-policy.ts";
import { rankForEviction } from "#shared/consensus/policy/rank-for-eviction.ts";
import {
  type SelectionLimits,
  selectTransactions,
} from "#shared/consensus/policy/select-transactions.ts";
import { height, unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction, Outpoint, Transaction } from "#shared/primitives/transaction.ts";
import { madeUpOutpoint, output } from "../../../support/block-builder.ts";
import { MemoryCoins } from "../../../support/memory-coins.ts";

const NOW = unixSeconds(1_600_000_000);
const { consensus } = exosRegtest;
const policy = defaultPolicy(exosRegtest);

/** A transaction nobody signed; its size is what the test says. */
function spending(
  prevouts: readonly Outpoint[],
  change: Partial<Transaction> & { readonly sequence?: number } = {},
): HashedTransaction {
  const { sequence = 0xffff_ffff, ...fields } = change;
  const inputs = prevouts.map((prevout) => ({
    prevout,
    scriptSig: new Uint8Array(0),
    sequence,
    witness: [],
  }));
  const outputs = Array.from({ length: 30 }, () => output(1_000n, Uint8Array.of(0x51)));
  const plain = { version: 2, time: NOW, inputs, outputs, lockTime: 0, ...fields };
  return hashTransaction(plain, consensus.wire);
}

function enter(
  graph: PoolGraph,
  tx: HashedTransaction,
  { fee = 10_000n, size = 1_000, sigopCost = 1 } = {},
): PoolMember {
  return graph.add({ txid: toHashHex(tx.txid), tx, fee, size, sigopCost, time: NOW, height: 100 });
}

const from = ({ tx }: PoolMember, index = 0): Outpoint => ({ txid: tx.txid, index });

/** So many transactions, each spending the one before. */
function chain(
  graph: PoolGraph,
  count: number,
  start = madeUpOutpoint(1),
  size = 1_000,
): PoolMember[] {
  const members: PoolMember[] = [];
  for (let prevout = start; members.length < count; ) {
    const member = enter(graph, spending([prevout]), { size });
    members.push(member);
    prevout = from(member);
  }
  return members;
}

describe("the limits of a chain", () => {
  const limitsOf = (graph: PoolGraph, tx: HashedTransaction, size = 1_000) => {
    const ancestors = graph.withAncestors(graph.parentsOf(tx));
    return checkChainLimits({ size, ancestors, conflicts: new Set() }, policy)?.code;
  };

  it.each([
    [24, undefined],
    [25, "too-long-mempool-chain"],
  ])("let in one more after %i: %s", (count, code) => {
    const graph = new PoolGraph();
    const last = chain(graph, count).at(-1);
    if (last === undefined) throw new RangeError("no chain");
    expect(limitsOf(graph, spending([from(last)]))).toBe(code);
  });

  it.each([
    [23, undefined],
    [24, "too-long-mempool-chain"],
  ])("let in one more beside %i children of one parent: %s", (count, code) => {
    const graph = new PoolGraph();
    const parent = enter(graph, spending([madeUpOutpoint(1)]));
    for (let index = 0; index < count; index++) enter(graph, spending([from(parent, index)]));
    expect(limitsOf(graph, spending([from(parent, 29)]))).toBe(code);
  });

  it.each([
    [50_000, 51_000, undefined],
    [50_000, 51_001, "too-long-mempool-chain"],
  ])("let in %i and %i bytes: %s", (parentSize, size, code) => {
    const graph = new PoolGraph();
    const [parent] = chain(graph, 1, madeUpOutpoint(1), parentSize);
    if (parent === undefined) throw new RangeError("no parent");
    expect(limitsOf(graph, spending([from(parent)]), size)).toBe(code);
  });

  it("count the bytes of brothers, and nothing where there is no parent", () => {
    const graph = new PoolGraph();
    const parent = enter(graph, spending([madeUpOutpoint(1)]));
    enter(graph, spending([from(parent, 0)]), { size: 60_000 });
    const brother = spending([from(parent, 1)]);
    expect(limitsOf(graph, brother, 40_000)).toBeUndefined();
    expect(limitsOf(graph, brother, 40_001)).toBe("too-long-mempool-chain");
    expect(limitsOf(graph, spending([madeUpOutpoint(9)]), 200_000)).toBeUndefined();
  });

  it("let nobody build on what he replaces", () => {
    const graph = new PoolGraph();
    const [parent, child] = chain(graph, 2);
    if (parent === undefined || child === undefined) throw new RangeError("no chain");
    const ancestors = [parent, child];
    const conflicts = new Set([parent]);
    expect(checkChainLimits({ size: 1, ancestors, conflicts }, policy)?.code).toBe(
      "bad-txns-spends-conflicting-tx",
    );
  });
});

describe("a conflict", () => {
  it.each([
    ["says it is final", 0xffff_fffe, true, "txn-mempool-conflict"],
    ["says it may be replaced", 0xffff_fffd, true, undefined],
    ["meets an operator who wants none", 0, false, "txn-mempool-conflict"],
  ])("%s", (_, sequence, replacement, code) => {
    const graph = new PoolGraph();
    const first = enter(graph, spending([madeUpOutpoint(1), madeUpOutpoint(2)], { sequence }));
    const second = spending([madeUpOutpoint(1), madeUpOutpoint(2)], { lockTime: 1 });
    const found = findConflicts(second, graph, { replacement });
    if (found.ok) expect([...found.value]).toEqual([first]);
    expect(found.ok ? undefined : found.error.code).toBe(code);
  });
});

describe("a replacement", () => {
  const rival = { fee: 10_000n, size: 1_000 };
  const judge = (change: { readonly fee: bigint; readonly size?: number }) => {
    const graph = new PoolGraph();
    const first = enter(graph, spending([madeUpOutpoint(1)]), rival);
    enter(graph, spending([from(first)]), rival);
    const tx = spending([madeUpOutpoint(1)], { lockTime: 1 });
    const conflicts = new Set([first]);
    return checkReplacement({ tx, size: 1_000, conflicts, ...change }, graph, policy)?.code;
  };

  it("pays a better rate, for all it drives out, and for its own relay", () => {
    expect(judge({ fee: 30_000n })).toBeUndefined();
    expect(judge({ fee: 29_999n })).toBe("insufficient-fee");
    expect(judge({ fee: 30_000n, size: 3_000 })).toBe("insufficient-fee");
    expect(judge({ fee: 10_000n })).toBe("insufficient-fee");
  });

  it("compares rates as the reference does, in whole units for a thousand bytes", () => {
    // 10,000.9 for a thousand bytes is 10,000 to the reference, and no better.
    expect(judge({ fee: 100_009n, size: 10_000 })).toBe("insufficient-fee");
  });

  it.each([
    [100, undefined],
    [101, "too-many-potential-replacements"],
  ])("drives out at most a hundred: %i", (count, code) => {
    const graph = new PoolGraph();
    const coins = Array.from({ length: count }, (_, index) => madeUpOutpoint(index + 1));
    const conflicts = new Set(coins.map((coin) => enter(graph, spending([coin]), rival)));
    const tx = spending(coins, { lockTime: 1 });
    const replacement = { tx, fee: 10_000_000n, size: 1_000, conflicts };
    expect(checkReplacement(replacement, graph, policy)?.code).toBe(code);
  });

  it("brings no unconfirmed parent that the others did not have", () => {
    const graph = new PoolGraph();
    const [parent, other] = [1, 2].map((number) =>
      enter(graph, spending([madeUpOutpoint(number)])),
    );
    if (parent === undefined || other === undefined) throw new RangeError("no parents");
    const conflicts = new Set([enter(graph, spending([from(parent)]), rival)]);
    const rich = { fee: 1_000_000n, size: 1_000, conflicts };
    const same = spending([from(parent), from(parent, 1)], { lockTime: 1 });
    expect(checkReplacement({ tx: same, ...rich }, graph, policy)).toBeUndefined();
    const more = spending([from(parent), from(other)], { lockTime: 1 });
    expect(checkReplacement({ tx: more, ...rich }, graph, policy)?.code).toBe(
      "replacement-adds-unconfirmed",
    );
  });
});

describe("what is spent", () => {
  const at = height(101);
  const confirmed = (count: number) => {
    const coins = new MemoryCoins(consensus);
    const { txid } = madeUpOutpoint(1);
    for (let index = 0; index < count; index++) {
      const { value, scriptPubKey } = output(5n, Uint8Array.of(0x51));
      coins.add({ txid, index }, { value, scriptPubKey, time: NOW, height: at, kind: "ordinary" });
    }
    return { coins, txid };
  };
  const codeOf = (found: ReturnType<typeof findPoolCoins>) =>
    found.ok ? "found" : found.error.code;

  it("is there, spent or missing, in the order of its inputs", () => {
    const graph = new PoolGraph();
    const { coins, txid } = confirmed(2);
    const find = (...prevouts: Outpoint[]) =>
      codeOf(findPoolCoins(spending(prevouts), { graph, coins }, at));
    expect(find({ txid, index: 0 }, { txid, index: 1 })).toBe("found");
    expect(find({ txid, index: 2 })).toBe("bad-txns-inputs-spent");
    expect(find(madeUpOutpoint(7))).toBe("bad-txns-inputs-missing");
    expect(find({ txid, index: 2 }, madeUpOutpoint(7))).toBe("bad-txns-inputs-missing");
  });

  it("may lie in the pool, but for what no block makes a coin of", () => {
    const graph = new PoolGraph();
    const { coins } = confirmed(1);
    const outputs = [output(5n, Uint8Array.of(0x51)), output(0n, Uint8Array.of(0x6a))];
    const parent = enter(graph, spending([madeUpOutpoint(3)], { outputs }));
    const find = (index: number) =>
      findPoolCoins(spending([from(parent, index)]), { graph, coins }, at);
    expect(find(0)).toMatchObject({ ok: true, value: [{ value: 5n, height: 101 }] });
    expect(codeOf(find(1))).toBe("bad-txns-inputs-spent");
    expect(codeOf(find(2))).toBe("bad-txns-inputs-spent");
  });

  it("is no matter for a transaction that is in a block", () => {
    const { coins } = confirmed(1);
    const { txid } = madeUpOutpoint(1);
    const known = { ...spending([madeUpOutpoint(8)]), txid };
    expect(codeOf(findPoolCoins(known, { graph: new PoolGraph(), coins }, at))).toBe(
      "txn-already-known",
    );
  });
});

describe("who leaves first", () => {
  const worst = (graph: PoolGraph) => rankForEviction(graph).take()?.member;

  it("is nobody of an empty pool, and the poorest package of any other", () => {
    const graph = new PoolGraph();
    expect(worst(graph)).toBeUndefined();
    const poor = enter(graph, spending([madeUpOutpoint(1)]), { fee: 1_000n });
    expect(worst(graph)).toBe(poor);
    const poorer = enter(graph, spending([madeUpOutpoint(2)]), { fee: 999n });
    enter(graph, spending([madeUpOutpoint(3)]), { fee: 2_000n });
    expect(worst(graph)).toBe(poorer);
    enter(graph, spending([from(poorer)]), { fee: 90_000n });
    expect(worst(graph)).toBe(poor);
  });

  it("is told in the order of rates, also when scores change or members go", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { maxLength: 40 }), (fees) => {
        const graph = new PoolGraph();
        const members = fees.map((fee, index) =>
          enter(graph, spending([madeUpOutpoint(index + 1)]), { fee: BigInt(fee) }),
        );
        const ranked = rankForEviction(graph);
        const [dropped, changed] = members;
        if (dropped !== undefined) ranked.drop(dropped);
        if (changed !== undefined) ranked.put(changed, { fees: 5_000n, size: 1_000 });
        const taken: bigint[] = [];
        for (let next = ranked.take(); next !== undefined; next = ranked.take()) {
          taken.push(next.score.fees);
        }
        const expected = members.slice(2).map(({ fee }) => fee);
        if (changed !== undefined) expected.push(5_000n);
        expect(taken).toEqual(expected.toSorted((a, b) => Number(a - b)));
      }),
    );
  });
});

describe("a selection", () => {
  const limits: SelectionLimits = {
    sizeBytesMax: 100_000,
    sigopsMax: 1_000,
    feeRateMin: 1_000n,
    timeMax: NOW,
    height: height(101),
    lockTimeCutoff: NOW,
    witness: false,
  };
  const single = (graph: PoolGraph, number: number, facts = {}, change = {}) =>
    enter(graph, spending([madeUpOutpoint(number)], change), facts);

  it.each([
    ["is dated later", { time: unixSeconds(NOW + 1) }, {}],
    ["is locked by height", { lockTime: 101, sequence: 0 }, {}],
    ["is locked by time", { lockTime: NOW, sequence: 0 }, {}],
    ["pays too little", {}, { fee: 999n }],
    ["is too large", {}, { size: 100_000, fee: 10n ** 9n }],
    ["takes too many operations", {}, { sigopCost: 1_000 }],
  ])("leaves what %s, with what depends on it", (_, change, facts) => {
    const graph = new PoolGraph();
    const left = single(graph, 1, facts, change);
    enter(graph, spending([from(left)]), { fee: 999n });
    const taken = single(graph, 2, { fee: 1_000n });
    expect(selectTransactions(graph, limits)).toEqual([taken]);
  });

  it("takes what is dated later where no time counts, and a witness where one may stand", () => {
    const graph = new PoolGraph();
    const later = single(graph, 1, {}, { time: unixSeconds(NOW + 1) });
    const tx = { ...spending([madeUpOutpoint(2)]), sizeTotal: 5_000 };
    const witnessed = enter(graph, tx, { fee: 20_000n });
    expect(selectTransactions(graph, limits)).toEqual([]);
    const open = { ...limits, timeMax: undefined, witness: true };
    expect(selectTransactions(graph, open)).toEqual([witnessed, later]);
  });

  it("counts an ancestor that was taken for one child no more for the next", () => {
    const graph = new PoolGraph();
    const parent = single(graph, 1, { fee: 1_000n });
    const rich = enter(graph, spending([from(parent)]), { fee: 99_000n });
    const middle = single(graph, 2, { fee: 30_000n });
    const second = enter(graph, spending([from(parent, 1)]), { fee: 40_000n });
    expect(selectTransactions(graph, limits)).toEqual([parent, rich, second, middle]);
  });

  it("stops looking when a block is all but full", () => {
    const graph = new PoolGraph();
    const first = single(graph, 1, { fee: 10n ** 9n, size: 97_000 });
    for (let number = 2; number < 1_003; number++)
      single(graph, number, { size: 5_000, fee: 10n ** 6n });
    single(graph, 2_000, { size: 10, fee: 10n });
    expect(selectTransactions(graph, limits)).toEqual([first]);
  });
});

describe("a graph", () => {
  /** Every sum, counted anew. */
  function expectRight(graph: PoolGraph): void {
    const members = [...graph.members()];
    expect(graph.count).toBe(members.length);
    const sum = (of: readonly PoolMember[], pick: (member: PoolMember) => number) =>
      of.reduce((total, member) => total + pick(member), 0);
    expect(graph.size).toBe(sum(members, ({ size }) => size));
    expect(graph.usage).toBe(sum(members, ({ tx }) => usageOf(tx)));
    expect(graph.fees).toBe(members.reduce((total, { fee }) => total + fee, 0n));
    for (const member of members) {
      for (const [sums, all] of [
        [member.ancestors, graph.withAncestors([member])],
        [member.descendants, graph.withDescendants([member])],
      ] as const) {
        expect(sums.count).toBe(all.length);
        expect(sums.size).toBe(sum(all, ({ size }) => size));
        expect(sums.sigopCost).toBe(sum(all, ({ sigopCost }) => sigopCost));
        expect(sums.fees).toBe(all.reduce((total, { fee }) => total + fee, 0n));
      }
      for (const { prevout } of member.tx.inputs) expect(graph.spenderOf(prevout)).toBe(member);
    }
  }

  it("has every sum right, whatever enters and leaves", () => {
    const step = fc.record({
      pick: fc.nat(1_000),
      other: fc.nat(1_000),
      fee: fc.bigInt(0n, 10n ** 6n),
      size: fc.integer({ min: 1, max: 9_999 }),
      kind: fc.constantFrom("root", "child", "child", "child", "evict", "mine"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const graph = new PoolGraph();
        const used = new Map<PoolMember, number>();
        let roots = 0;
        const output = (member: PoolMember) => {
          const index = used.get(member) ?? 0;
          used.set(member, index + 1);
          return from(member, index);
        };
        for (const { pick, other, kind, ...facts } of steps) {
          const members = [...graph.members()];
          const [one, two] = [pick, other].map((at) => members[at % members.length]);
          if (kind === "root" || one === undefined || two === undefined) {
            enter(graph, spending([madeUpOutpoint(++roots)]), facts);
          } else if (kind === "child") {
            const prevouts = one === two ? [output(one)] : [output(one), output(two)];
            enter(graph, spending(prevouts), facts);
          } else if (kind === "evict") graph.remove(graph.withDescendants([one]));
          else graph.remove(graph.withAncestors([one]));
          expectRight(graph);
        }
        graph.remove([...graph.members()].reverse());
        expect([graph.count, graph.size, graph.usage, graph.fees]).toEqual([0, 0, 0, 0n]);
      }),
      { numRuns: 60 },
    );
  });
});
