import { expect, it } from "vitest";
import {
  CLAIM_VOID_SECONDS,
  NO_POOL,
  type Pool,
  type PooledTransaction,
} from "#shared/ports/pool.ts";
import { amount, type Hash256, type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";

const NOW = unixSeconds(1_600_000_000);
const later = (seconds: number) => unixSeconds(NOW + seconds);

export const txidOf = (number: number): HashHex => number.toString(16).padStart(64, "0") as HashHex;

const coin = (number: number, index = 0): Outpoint => ({
  txid: fromHashHex(txidOf(number)) as Hash256,
  index,
});

export function pooled(
  number: number,
  inputs: readonly Outpoint[],
  parents: readonly HashHex[] = [],
): PooledTransaction {
  return {
    txid: txidOf(number),
    raw: Uint8Array.of(number, 1, 2, 3),
    fee: amount(10_000n),
    size: 4,
    sigopCost: 1,
    time: NOW,
    height: 7,
    inputs,
    parents,
    unbroadcast: number % 2 === 1,
  };
}

async function add(pool: Pool, transaction: PooledTransaction): Promise<void> {
  for (const outpoint of transaction.inputs) {
    expect(await pool.claim({ outpoint, txid: transaction.txid, at: NOW })).toBeUndefined();
  }
  await pool.put(transaction);
}

/** What every pool promises. @param create an empty one each time */
export function poolContract(create: () => Promise<Pool>): void {
  it("tells of a transaction once its inputs are claimed and it was put", async () => {
    const pool = await create();
    expect(await pool.get(txidOf(1))).toBeUndefined();
    await add(pool, pooled(1, [coin(100), coin(100, 1)]));
    expect(await pool.get(txidOf(1))).toEqual(pooled(1, [coin(100), coin(100, 1)]));
    expect(await pool.claimant(coin(100, 1))).toBe(txidOf(1));
    expect(await pool.claimant(coin(100, 2))).toBeUndefined();
    expect((await pool.get(txidOf(1)))?.raw.constructor).toBe(Uint8Array);
  });

  it("keeps the bytes even when the caller reuses its buffer", async () => {
    const pool = await create();
    const transaction = pooled(1, [coin(100)]);
    await add(pool, transaction);
    transaction.raw.fill(0);
    expect((await pool.get(txidOf(1)))?.raw).toEqual(Uint8Array.of(1, 1, 2, 3));
  });

  it("grants one output to one transaction, and to it again", async () => {
    const pool = await create();
    const claim = { outpoint: coin(100), txid: txidOf(1), at: NOW };
    expect(await pool.claim(claim)).toBeUndefined();
    expect(await pool.claim(claim)).toBeUndefined();
    expect(await pool.claim({ ...claim, txid: txidOf(2) })).toBe(txidOf(1));
    expect(await pool.claimant(coin(100))).toBe(txidOf(1));
  });

  it("gives way to a transaction that replaces the holder, and to no other", async () => {
    const pool = await create();
    await add(pool, pooled(1, [coin(100)]));
    const claim = { outpoint: coin(100), txid: txidOf(2), at: NOW };
    expect(await pool.claim({ ...claim, replaces: new Set([txidOf(3)]) })).toBe(txidOf(1));
    expect(await pool.claim({ ...claim, replaces: new Set([txidOf(1)]) })).toBeUndefined();
    expect(await pool.claimant(coin(100))).toBe(txidOf(2));
  });

  it("lets one of two take over the claim of what both replace, and tells the other who did", async () => {
    const pool = await create();
    await add(pool, pooled(1, [coin(100)]));
    const claim = { outpoint: coin(100), at: NOW, replaces: new Set([txidOf(1)]) };
    const rivals = [txidOf(2), txidOf(3)];
    const stood = await Promise.all(rivals.map((txid) => pool.claim({ ...claim, txid })));
    const holder = await pool.claimant(coin(100));
    expect(stood.filter((answer) => answer === undefined)).toHaveLength(1);
    expect(stood.filter((answer) => answer !== undefined)).toEqual([holder]);
  });

  it("voids a claim whose transaction is absent after its time, and not before", async () => {
    const pool = await create();
    await pool.claim({ outpoint: coin(100), txid: txidOf(1), at: NOW });
    const second = (seconds: number) =>
      pool.claim({ outpoint: coin(100), txid: txidOf(2), at: later(seconds) });
    expect(await second(CLAIM_VOID_SECONDS - 1)).toBe(txidOf(1));
    expect(await second(CLAIM_VOID_SECONDS)).toBeUndefined();
  });

  it("never voids the claim of a transaction that is there", async () => {
    const pool = await create();
    await add(pool, pooled(1, [coin(100)]));
    const claim = { outpoint: coin(100), txid: txidOf(2), at: later(100 * CLAIM_VOID_SECONDS) };
    expect(await pool.claim(claim)).toBe(txidOf(1));
  });

  it("releases a claim for its holder alone", async () => {
    const pool = await create();
    await pool.claim({ outpoint: coin(100), txid: txidOf(1), at: NOW });
    await pool.release(coin(100), txidOf(2));
    expect(await pool.claimant(coin(100))).toBe(txidOf(1));
    await pool.release(coin(100), txidOf(1));
    await pool.release(coin(100), txidOf(1));
    expect(await pool.claimant(coin(100))).toBeUndefined();
  });

  it("tells of nothing whose claim another holds, nor of what spends from it", async () => {
    const pool = await create();
    await add(pool, pooled(1, [coin(100)]));
    await add(pool, pooled(2, [coin(1)], [txidOf(1)]));
    await add(pool, pooled(3, [coin(2)], [txidOf(2)]));
    await add(pool, pooled(4, [coin(101)]));
    await pool.claim({
      outpoint: coin(100),
      txid: txidOf(9),
      at: NOW,
      replaces: new Set([txidOf(1)]),
    });
    for (const number of [1, 2, 3, 9]) expect(await pool.get(txidOf(number))).toBeUndefined();
    expect((await pool.all()).map(({ txid }) => txid)).toEqual([txidOf(4)]);
  });

  it("lets two writers that claim in turn leave at most one", async () => {
    const pool = await create();
    const [one, two] = [pooled(1, [coin(100), coin(101)]), pooled(2, [coin(100), coin(101)])];
    const claims = [one, two].map(async (transaction) => {
      for (const outpoint of transaction.inputs) {
        await pool.claim({ outpoint, txid: transaction.txid, at: NOW });
      }
      await pool.put(transaction);
    });
    await Promise.all(claims);
    expect((await pool.all()).length).toBeLessThanOrEqual(1);
  });

  it("lists parents before children, even where they were put later", async () => {
    const pool = await create();
    await add(pool, pooled(3, [coin(2)], [txidOf(2)]));
    await add(pool, pooled(2, [coin(1)], [txidOf(1)]));
    await add(pool, pooled(1, [coin(100)]));
    expect((await pool.all()).map(({ txid }) => txid)).toEqual([1, 2, 3].map(txidOf));
  });

  it("lets a child outlive its parent once it is put without it", async () => {
    const pool = await create();
    await add(pool, pooled(1, [coin(100)]));
    await add(pool, pooled(2, [coin(1)], [txidOf(1)]));
    await pool.put(pooled(2, [coin(1)]));
    expect((await pool.all()).map(({ txid }) => txid)).toEqual([1, 2].map(txidOf));
    await pool.remove(txidOf(1));
    expect((await pool.all()).map(({ txid }) => txid)).toEqual([txidOf(2)]);
  });

  it("tells apart what is kept and does not count", async () => {
    const pool = await create();
    await add(pool, pooled(1, [coin(100)]));
    await add(pool, pooled(2, [coin(1)], [txidOf(1)]));
    await add(pool, pooled(3, [coin(101)]));
    const dangling = async () => (await pool.dangling()).map(({ txid }) => txid).sort();
    expect(await dangling()).toEqual([]);
    await pool.remove(txidOf(1));
    expect(await pool.dangling()).toEqual([pooled(2, [coin(1)], [txidOf(1)])]);
    await pool.put(pooled(4, [coin(102)]));
    expect(await dangling()).toEqual([txidOf(2), txidOf(4)]);
    await pool.put(pooled(2, [coin(1)]));
    await pool.remove(txidOf(4));
    expect(await dangling()).toEqual([]);
    expect((await pool.all()).map(({ txid }) => txid).sort()).toEqual([2, 3].map(txidOf));
  });

  it("forgets what is removed, and then takes it again", async () => {
    const pool = await create();
    await add(pool, pooled(1, [coin(100)]));
    await pool.remove(txidOf(1));
    await pool.remove(txidOf(1));
    expect(await pool.get(txidOf(1))).toBeUndefined();
    expect(await pool.all()).toEqual([]);
    await add(pool, pooled(1, [coin(100)]));
    expect(await pool.get(txidOf(1))).toBeDefined();
  });

  it("replaces the summary for whoever names its present revision", async () => {
    const pool = await create();
    expect(await pool.summary()).toEqual(NO_POOL);
    const next = { count: 3, bytes: 700, feeRate: 12_345n, feeTime: NOW, sinking: true };
    expect(await pool.setSummary(1, next)).toBe(false);
    await pool.setSummary(0, next);
    expect(await pool.setSummary(0, { ...next, feeRate: 1n })).toBe(false);
    expect(await pool.summary()).toEqual({ ...next, rev: 1 });
  });
}
