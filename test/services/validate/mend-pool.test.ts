import { describe, expect, it } from "vitest";
import type { PooledTransaction } from "#shared/ports/pool.ts";
import { amount, type HashHex } from "#shared/primitives/brand.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { createPoolRig, idOf, type PoolRig } from "../../support/pool-rig.ts";

const GONE = "9".repeat(64) as HashHex;

/** Leave a transaction in the store as a process does that believes in a parent that is gone. */
async function leaveDangling({ pool, clock }: PoolRig, tx: HashedTransaction): Promise<void> {
  const txid = idOf(tx);
  const inputs = tx.inputs.map(({ prevout }) => prevout);
  for (const outpoint of inputs) await pool.claim({ outpoint, txid, at: clock.now() });
  const facts = { fee: amount(100_000n), size: tx.raw.length, sigopCost: 2, height: 30 };
  const kept: PooledTransaction = {
    ...facts,
    txid,
    raw: tx.raw,
    time: clock.now(),
    inputs,
    parents: [GONE],
    unbroadcast: false,
  };
  await pool.put(kept);
}

describe("what is kept in a pool and does not count", () => {
  it("counts again where it is right on the chain as it is, with what spends from it", async () => {
    const rig = await createPoolRig();
    const first = rig.pay([await rig.coinbaseAt(1)]);
    const second = rig.pay([rig.spendOf(first)]);
    for (const tx of [second, first]) await leaveDangling(rig, tx);
    expect(await rig.pool.all()).toEqual([]);
    await rig.mempool.sweep();
    expect((await rig.pool.all()).map(({ txid }) => txid)).toEqual([idOf(first), idOf(second)]);
    expect((await rig.mempool.get(idOf(second)))?.parents).toEqual([idOf(first)]);
    expect(await rig.pool.dangling()).toEqual([]);
  });

  it("is taken out where it is not, and stands in nobody's way", async () => {
    const rig = await createPoolRig();
    const spend = await rig.coinbaseAt(1);
    const unknown = rig.pay([await rig.coinbaseAt(2)]);
    const tx = rig.pay([spend, rig.spendOf(unknown)]);
    await leaveDangling(rig, tx);
    const rival = rig.pay([spend]);
    expect(await rig.accept(rival)).toMatchObject({ error: { code: "txn-mempool-conflict" } });
    await rig.mempool.sweep();
    expect(await rig.pool.dangling()).toEqual([]);
    expect(await rig.pool.claimant(spend.outpoint)).toBeUndefined();
    expect(await rig.accept(rival, { source: "local" })).toMatchObject({ state: "accepted" });
  });
});
