import { describe, expect, it } from "vitest";
import { followWithPool } from "#services/validate/follow-with-pool.ts";
import { openPoolRuns, type PoolDeps } from "#services/validate/judge-hinted.ts";
import { createMempool } from "#services/validate/mempool.ts";
import { createMemoryCursors } from "#shared/adapters/embedded/memory-cursors.ts";
import { createMemoryPool } from "#shared/adapters/embedded/memory-pool.ts";
import { createMemoryRawTransactions } from "#shared/adapters/embedded/memory-raw-transactions.ts";
import type { PoolPolicy } from "#shared/consensus/policy/pool-policy.ts";
import type { Pool } from "#shared/ports/pool.ts";
import { readOnlyPool } from "#shared/ports/read-only-pool.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { codeOf, createPoolRig, idOf } from "../../support/pool-rig.ts";

/** A city's pool and chain, whose functions open what they need anew each time. */
async function createCity(policy: Partial<PoolPolicy> = {}) {
  const rig = await createPoolRig({ policy, blocks: 40 });
  const pool = createMemoryPool();
  const raw = createMemoryRawTransactions(rig.clock);
  const bad: unknown[] = [];
  const puts: string[] = [];
  const deps: PoolDeps = {
    ...rig.deps,
    pool: {
      ...pool,
      async put(transaction) {
        puts.push(transaction.txid);
        await pool.put(transaction);
      },
    },
    raw,
    announce: { send: async (hint) => void bad.push(hint) },
  };
  const follow = { ...deps, cursors: createMemoryCursors() };
  return {
    rig,
    deps,
    raw,
    bad,
    puts,
    cursors: follow.cursors,
    follow: () => followWithPool(follow),
    ids: async () => (await pool.all()).map(({ txid }) => txid),
    summary: () => pool.summary(),
    /** What counts, added up. */
    async sizes() {
      const view = createMempool({ ...deps, pool: readOnlyPool(pool), kept: { by: "else" } });
      await view.open([]);
      const { count, bytes, usage } = await view.info();
      return { count, bytes, usage };
    },
    /** An instance of the function, warm from one batch to the next. @returns how it judged, how often it read */
    instance(change: Partial<Pool> = {}) {
      let reads = 0;
      const all = () => {
        reads++;
        return pool.all();
      };
      const counted = { ...deps.pool, all, ...change };
      const openRun = openPoolRuns({ ...deps, pool: counted });
      const batch = () => {
        const run = openRun();
        return async (tx: HashedTransaction) => {
          await raw.put(idOf(tx), tx.raw);
          const verdict = await run(idOf(tx), { attempt: 1, group: "10.1" });
          return verdict === undefined ? "gone" : codeOf(verdict);
        };
      };
      return { batch, reads: () => reads };
    },
    /** One invocation with these hints, which are handled at once. */
    async judge(transactions: readonly HashedTransaction[], attempt = 1, group = "10.1") {
      for (const tx of transactions) await raw.put(idOf(tx), tx.raw);
      const run = openPoolRuns(deps)();
      return Promise.allSettled(transactions.map((tx) => run(idOf(tx), { attempt, group })));
    },
  };
}

describe("the pool of a city", () => {
  it("takes in what each invocation judges, and judges nothing else again", async () => {
    const { rig, judge, ids, puts, bad } = await createCity();
    const first = rig.pay([await rig.coinbaseAt(1)]);
    const second = rig.pay([rig.spendOf(first)]);
    await judge([first]);
    await judge([second]);
    expect(await ids()).toEqual([idOf(first), idOf(second)]);
    expect(puts).toEqual([idOf(first), idOf(second)]);
    expect(rig.hinted).toEqual([idOf(first), idOf(second)]);
    await judge([first], 2);
    expect(puts).toHaveLength(2);
    expect(bad).toEqual([]);
  });

  it("tells for whom it refuses one, and keeps nothing of it", async () => {
    const { rig, judge, ids, bad } = await createCity();
    const spend = await rig.coinbaseAt(1);
    const paid = rig.pay([spend]);
    await judge([paid]);
    const rival = rig.pay([spend], { fee: 200_000n });
    await judge([rival], 1, "10.2");
    expect(await ids()).toEqual([idOf(paid)]);
    expect(bad).toEqual([
      { v: 1, kind: "bad", hash: idOf(rival), code: "txn-mempool-conflict", peer: "10.2" },
    ]);
  });

  it("has a child come again while its parent may come, and then gives it up", async () => {
    const { rig, judge, ids, bad } = await createCity();
    const parent = rig.pay([await rig.coinbaseAt(1)]);
    const child = rig.pay([rig.spendOf(parent)]);
    for (const attempt of [1, 2]) {
      const [outcome] = await judge([child], attempt);
      expect(outcome).toMatchObject({ status: "rejected", reason: { retryable: true } });
    }
    expect(bad).toEqual([]);
    expect(await judge([child], 3)).toMatchObject([{ status: "fulfilled" }]);
    expect(bad).toMatchObject([{ hash: idOf(child), code: "bad-txns-inputs-missing" }]);
    // Both in one invocation, in whichever order.
    await judge([child, parent]);
    expect(await ids()).toEqual([idOf(parent), idOf(child)]);
  });

  it("forgets what nobody judged within its time", async () => {
    const { rig, raw, deps, ids } = await createCity();
    const tx = rig.pay([await rig.coinbaseAt(1)]);
    await raw.put(idOf(tx), tx.raw);
    rig.clock.advance(600_000);
    expect(await openPoolRuns(deps)()(idOf(tx), { attempt: 1 })).toBeUndefined();
    expect(await ids()).toEqual([]);
  });
});

describe("instances of a function that judge for one pool", () => {
  it("read it again only where another has written since", async () => {
    const { rig, instance, summary, sizes } = await createCity();
    const [one, other] = [instance(), instance()];
    const at = async (height: number) => rig.pay([await rig.coinbaseAt(height)]);
    const first = await at(1);
    for (const tx of [first, await at(2)]) expect(await one.batch()(tx)).toBe("accepted");
    expect(one.reads()).toBe(1);
    expect(await other.batch()(await at(3))).toBe("accepted");
    const child = rig.pay([rig.spendOf(first)]);
    expect(await other.batch()(child)).toBe("accepted");
    expect(other.reads()).toBe(1);
    expect(await one.batch()(rig.pay([rig.spendOf(child)]))).toBe("accepted");
    expect(one.reads()).toBe(2);
    const { count, bytes } = await sizes();
    expect(await summary()).toMatchObject({ rev: 5, count, bytes });
    expect(count).toBe(5);
    await rig.mineThese([first]);
    // In the middle of a batch of one the other writes.
    const run = one.batch();
    expect(await run(await at(4))).toBe("accepted");
    expect(one.reads()).toBe(3);
    const between = await at(5);
    expect(await other.batch()(between)).toBe("accepted");
    expect(await run(await at(6))).toBe("accepted");
    expect(one.reads()).toBe(3);
    expect(await one.batch()(rig.pay([rig.spendOf(between)]))).toBe("accepted");
    expect(one.reads()).toBe(4);
  });

  it("see a replacement of the same size", async () => {
    const { rig, instance, ids } = await createCity();
    const [one, other] = [instance(), instance()];
    const spend = await rig.coinbaseAt(1);
    const sequence = 0xffff_fff0;
    const paid = rig.pay([{ ...spend, sequence }]);
    const dearer = rig.pay([{ ...spend, sequence }], { fee: 1_000_000n });
    expect(dearer.raw.length).toBe(paid.raw.length);
    expect(await one.batch()(paid)).toBe("accepted");
    expect(await other.batch()(dearer)).toBe("accepted");
    expect(await ids()).toEqual([idOf(dearer)]);
    const child = rig.pay([rig.spendOf(dearer)]);
    expect(await one.batch()(child)).toBe("accepted");
  });

  it("put right what one left unsaid that died between a transaction and the summary", async () => {
    const { rig, instance, summary, sizes } = await createCity();
    const dying = instance({ setSummary: () => Promise.reject(new Error("killed")) });
    const lost = rig.pay([await rig.coinbaseAt(1)]);
    await expect(dying.batch()(lost)).rejects.toThrow("killed");
    expect(await summary()).toMatchObject({ rev: 0, count: 0 });
    expect(await instance().batch()(rig.pay([await rig.coinbaseAt(2)]))).toBe("accepted");
    const { count, bytes } = await sizes();
    expect(count).toBe(2);
    expect(await summary()).toMatchObject({ count, bytes });
  });

  it("tell of what one let in that died before it told, and of nothing that was told", async () => {
    const { rig, deps, raw, ids } = await createCity();
    const tx = rig.pay([await rig.coinbaseAt(1)]);
    await raw.put(idOf(tx), tx.raw);
    const dying = { ...deps, accepted: { send: () => Promise.reject(new Error("killed")) } };
    const warm = openPoolRuns(dying);
    await expect(warm()(idOf(tx), { attempt: 1, group: "10.1" })).rejects.toThrow("killed");
    expect([await ids(), rig.hinted]).toEqual([[idOf(tx)], []]);
    await openPoolRuns(deps)()(idOf(tx), { attempt: 2, group: "10.1" });
    expect(rig.hinted).toEqual([idOf(tx)]);
    // Another peer hands it in.
    await openPoolRuns(deps)()(idOf(tx), { attempt: 1, group: "10.2" });
    expect(rig.hinted).toEqual([idOf(tx)]);
  });

  it("keep a full pool within its limit, refuse what pays least, and go on", async () => {
    const usageMax = 24_000;
    const { rig, instance, summary, sizes } = await createCity({ usageMax });
    const [one, other] = [instance(), instance()];
    const pay = async (height: number, fee: bigint) =>
      rig.pay([await rig.coinbaseAt(height)], { fee });
    // One batch, in which another instance fills the pool.
    const late = one.batch();
    expect(await late(await pay(1, 100_000n))).toBe("accepted");
    const filling = other.batch();
    const codes: string[] = [];
    for (let at = 2; at < 14; at++)
      codes.push(await filling(await pay(at, 200_000n + 10_000n * BigInt(at))));
    expect(new Set(codes)).toEqual(new Set(["accepted"]));
    expect((await sizes()).usage).toBeGreaterThan(usageMax * 0.8);
    expect(await late(await pay(14, 99_000n))).toBe("mempool-full");
    for (let at = 15; at < 20; at++) {
      expect(await [one, other][at % 2]?.batch()(await pay(at, 1_000_000n))).toBe("accepted");
      const { count, bytes, usage } = await sizes();
      expect(usage).toBeLessThanOrEqual(usageMax);
      expect(await summary()).toMatchObject({ count, bytes });
    }
    expect((await summary()).feeRate).toBeGreaterThan(0n);
    expect(await one.batch()(await pay(20, 100_002n))).toBe("mempool-min-fee-not-met");
  });
});

describe("following the chain with the pool", () => {
  it("takes out what a block holds, and leaves the rest as it is", async () => {
    const { rig, judge, ids, puts, follow, cursors } = await createCity();
    const mined = rig.pay([await rig.coinbaseAt(1)]);
    const other = rig.pay([await rig.coinbaseAt(2)]);
    await judge([mined, other]);
    await follow();
    const before = puts.length;
    await rig.mineThese([mined]);
    await follow();
    expect(await ids()).toEqual([idOf(other)]);
    expect(puts).toHaveLength(before);
    const { hash, height } = await rig.validator.tip();
    expect(await cursors.get("mempool")).toMatchObject({ hash, height, generation: 0 });
    // A second telling of the same tip changes nothing.
    await follow();
    expect(await ids()).toEqual([idOf(other)]);
  });

  it("brings back what a reorganisation freed", async () => {
    const { rig, judge, ids, follow } = await createCity();
    const tx = rig.pay([await rig.coinbaseAt(1)]);
    await judge([tx]);
    await follow();
    await rig.mineThese([tx]);
    await follow();
    expect(await ids()).toEqual([]);
    const { hash } = await rig.validator.tip();
    await rig.validator.invalidate(hash);
    await follow();
    expect(await ids()).toEqual([idOf(tx)]);
  });

  it("judges every member again where nobody knows on which tip it was left", async () => {
    const { rig, judge, ids, puts, follow, cursors } = await createCity();
    const spend = await rig.coinbaseAt(1);
    const lost = rig.pay([spend], { fee: 300_000n });
    const kept = rig.pay([await rig.coinbaseAt(2)]);
    await judge([lost, kept]);
    await rig.mineThese([rig.pay([spend])]);
    expect(await cursors.get("mempool")).toBeUndefined();
    await follow();
    expect(await ids()).toEqual([idOf(kept)]);
    expect(puts.filter((txid) => txid === idOf(kept))).toHaveLength(2);
  });
});
