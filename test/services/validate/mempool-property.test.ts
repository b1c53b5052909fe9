import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MempoolService } from "#services/validate/mempool.ts";
import { createMemoryPool } from "#shared/adapters/embedded/memory-pool.ts";
import { usageOf } from "#shared/consensus/policy/pool-graph.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import type { Spend } from "../../support/block-builder.ts";
import { crashAt } from "../../support/crash-at.ts";
import { createPoolRig, idOf, type PoolRig } from "../../support/pool-rig.ts";

const USAGE_MAX = 40_000;

/** No conflict, no missing parent, every total right, within the limit, as in the store. */
async function expectConsistent(
  rig: PoolRig,
  mempool: MempoolService = rig.mempool,
): Promise<void> {
  await mempool.follow();
  const entries = await mempool.entries();
  const ids = entries.map(({ txid }) => txid);
  const byId = new Map(entries.map((entry) => [entry.txid, entry]));
  const spent = new Set<string>();
  for (const { txid, tx, parents } of entries) {
    for (const { prevout } of tx.inputs) {
      expect(spent.has(outpointKey(prevout)), `${txid} spends what another spends`).toBe(false);
      spent.add(outpointKey(prevout));
      const parent = toHashHex(prevout.txid);
      expect(parents.includes(parent) || (await rig.isUnspent(prevout)), txid).toBe(true);
      expect(await mempool.spenderOf(prevout)).toBe(txid);
    }
    for (const parent of parents) expect(ids.indexOf(parent)).toBeLessThan(ids.indexOf(txid));
    for (const parent of parents) expect(byId.get(parent)?.children).toContain(txid);
  }
  const info = await mempool.info();
  expect(info.count).toBe(entries.length);
  expect(info.bytes).toBe(entries.reduce((sum, { size }) => sum + size, 0));
  expect(info.totalFees).toBe(entries.reduce((sum, { fee }) => sum + fee, 0n));
  expect(info.usage).toBe(entries.reduce((sum, { tx }) => sum + usageOf(tx), 0));
  expect(info.usage).toBeLessThanOrEqual(USAGE_MAX);
  const kept = (await rig.pool.all()).map(({ txid }) => txid);
  expect(kept.toSorted()).toEqual(ids.toSorted());
}

const step = fc.record({
  kind: fc.constantFrom("pay", "pay", "pay", "pay", "rival", "mine", "cut", "heal", "wait"),
  pick: fc.nat(1_000),
  fee: fc.bigInt(2_000n, 400_000n),
});

describe("the pool", () => {
  it("is consistent after whatever enters, is mined, reorganised and thrown out", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 24 }), async (steps) => {
        const rig = await createPoolRig({ blocks: 16, policy: { usageMax: USAGE_MAX } });
        const coins: Spend[] = [];
        for (let at = 3; at <= 6; at++) coins.push({ ...(await rig.coinbaseAt(at)), sequence: 1 });
        const cut: HashHex[] = [];
        for (const { kind, pick, fee } of steps) {
          if (kind === "pay" || kind === "rival") {
            const coin = coins[pick % coins.length];
            if (coin === undefined) throw new RangeError("no coin");
            const tx = rig.pay([coin], { fee, outputCount: 1 + (pick % 3), version: 1 });
            const source = pick % 2 === 0 ? "peer" : "local";
            await rig.accept(tx, { source });
            if (kind === "pay")
              for (const index of tx.outputs.keys())
                coins.push({ ...rig.spendOf(tx, index), sequence: 1 });
          } else if (kind === "mine") await rig.mine(1 + (pick % 2));
          else if (kind === "cut") {
            const { hash, height } = await rig.validator.tip();
            if (height > 14) {
              await rig.validator.invalidate(hash);
              cut.push(hash);
            }
          } else if (kind === "heal") {
            const hash = cut.pop();
            if (hash !== undefined) await rig.validator.reconsider(hash);
          } else {
            rig.clock.advance(1_000 * 3_600 * (pick % 400));
            await rig.mempool.sweep();
          }
          await expectConsistent(rig);
        }
        // Whatever waits may stand in a block: the judge has the last word.
        await rig.mine(1);
        await expectConsistent(rig);
      }),
      { numRuns: 12 },
    );
  });
});

/** Two that replace, a child, one alone. */
async function transactionsOf(rig: PoolRig): Promise<readonly HashedTransaction[]> {
  const coin = { ...(await rig.coinbaseAt(3)), sequence: 1 };
  const first = rig.pay([coin, { ...(await rig.coinbaseAt(4)), sequence: 1 }]);
  const child = rig.pay([rig.spendOf(first)]);
  const second = rig.pay([coin], { fee: 900_000n });
  const alone = rig.pay([await rig.coinbaseAt(5)]);
  return [first, child, second, alone];
}

describe("a store that dies at any call", () => {
  const CALLS_MAX = 60;

  it.each(["before", "after"] as const)(
    "%s its work leaves a pool that the next process takes over",
    async (when) => {
      let died = true;
      for (let call = 1; died && call <= CALLS_MAX; call++) {
        const pool = createMemoryPool();
        const rig = await createPoolRig({ blocks: 16, pool, policy: { usageMax: USAGE_MAX } });
        const transactions = await transactionsOf(rig);
        const dying = rig.restarted(crashAt({ pool }, { call, when }).pool);
        died = false;
        for (const { raw } of transactions) {
          try {
            await dying.accept(raw, { source: "local" });
          } catch {
            // This process is dead; the next one does the whole again.
            died = true;
            break;
          }
        }
        // A claim that nobody uses binds nobody after a minute.
        rig.clock.advance(60_000);
        const next = rig.restarted();
        await next.open([]);
        await expectConsistent(rig, next);
        for (const { raw } of transactions) await next.accept(raw, { source: "local" });
        await expectConsistent(rig, next);
        const [, , second, alone] = transactions.map(idOf);
        expect((await next.ids()).toSorted(), `call ${call}`).toEqual([second, alone].toSorted());
      }
      expect(died).toBe(false);
    },
  );
});

describe("a tip that moves while scripts run", () => {
  it("has the transaction judged again, by what the new block left", async () => {
    const rig = await createPoolRig({
      blocks: 16,
      async duringScripts(other) {
        const rival = other.pay([await other.coinbaseAt(3)], { fee: 900_000n });
        await other.mineThese([rival]);
      },
    });
    const tx = rig.pay([await rig.coinbaseAt(3)]);
    const verdict = await rig.accept(tx);
    expect(verdict.state).toBe("orphan");
    await expectConsistent(rig);
    const other = rig.pay([await rig.coinbaseAt(4)]);
    expect((await rig.accept(other)).state).toBe("accepted");
  });
});

describe("two processes over one store", () => {
  it("give up what they had claimed when they come too late for the rest", async () => {
    const rig = await createPoolRig({ blocks: 16, policy: { usageMax: USAGE_MAX } });
    const coins = [await rig.coinbaseAt(3), await rig.coinbaseAt(4)];
    const [early, late] = coins.toSorted((a, b) =>
      outpointKey(a.outpoint) < outpointKey(b.outpoint) ? -1 : 1,
    );
    if (early === undefined || late === undefined) throw new RangeError("no coins");
    const second = rig.restarted();
    await second.follow();
    await rig.accept(rig.pay([late]), { source: "local" });
    const both = rig.pay([early, late], { fee: 900_000n });
    expect(await second.accept(both.raw, { source: "local" })).toMatchObject({
      error: { code: "txn-mempool-conflict" },
    });
    const free = rig.pay([early], { fee: 200_000n });
    expect((await rig.accept(free, { source: "local" })).state).toBe("accepted");
    await expectConsistent(rig);
  });

  it("never keep two transactions that spend the same", async () => {
    const rig = await createPoolRig({ blocks: 16, policy: { usageMax: USAGE_MAX } });
    const coin = await rig.coinbaseAt(3);
    const rivals = [1n, 2n, 3n, 4n].map((part) => rig.pay([coin], { fee: 100_000n * part }));
    const processes = rivals.map(() => rig.restarted());
    await Promise.all(
      rivals.map(({ raw }, index) => processes[index]?.accept(raw, { source: "local" })),
    );
    expect(await rig.pool.all()).toHaveLength(1);
  });
});
