import { describe, expect, it } from "vitest";
import { followWithPool } from "#services/validate/follow-with-pool.ts";
import { openPoolRun, type PoolDeps } from "#services/validate/judge-hinted.ts";
import { createMemoryCursors } from "#shared/adapters/embedded/memory-cursors.ts";
import { createMemoryPool } from "#shared/adapters/embedded/memory-pool.ts";
import { createMemoryRawTransactions } from "#shared/adapters/embedded/memory-raw-transactions.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { createPoolRig, idOf } from "../../support/pool-rig.ts";

/** A city's pool and chain, whose functions open what they need anew each time. */
async function createCity() {
  const rig = await createPoolRig();
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
    /** One invocation with these hints, which are handled at once. */
    async judge(transactions: readonly HashedTransaction[], attempt = 1, group = "10.1") {
      for (const tx of transactions) await raw.put(idOf(tx), tx.raw);
      const run = openPoolRun(deps);
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
    expect(await openPoolRun(deps)(idOf(tx), { attempt: 1 })).toBeUndefined();
    expect(await ids()).toEqual([]);
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
