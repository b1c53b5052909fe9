import { describe, expect, it } from "vitest";
import { followWithPool } from "#services/validate/follow-with-pool.ts";
import { createMempool, type MempoolService } from "#services/validate/mempool.ts";
import { createMemoryCursors } from "#shared/adapters/embedded/memory-cursors.ts";
import { createMemoryPool } from "#shared/adapters/embedded/memory-pool.ts";
import type { Pool } from "#shared/ports/pool.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import type { Spend } from "../support/block-builder.ts";
import { seededNumbers } from "../support/flaky.ts";
import { createPoolRig, idOf, type PoolRig } from "../support/pool-rig.ts";

/** Coinbases that may be spent. */
const COINS = 12;
const STEPS = 14;

/** A pool far away: each request takes its own time, so those of several processes interleave. */
function remote(pool: Pool, next: () => number): Pool {
  return new Proxy(pool, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return async (...input: unknown[]) => {
        const pause = async () => {
          for (let turns = Math.floor(next() * 12); turns > 0; turns--) await Promise.resolve();
        };
        await pause();
        const output: unknown = await member.apply(target, input);
        await pause();
        return output;
      };
    },
  });
}

/** One pool that several processes write at once, and what was ever handed to one of them. */
class World {
  readonly rig: PoolRig;
  readonly pool: Pool;
  readonly far: Pool;
  readonly next: () => number;
  readonly sent: HashedTransaction[] = [];
  readonly accepted = new Set<HashedTransaction>();
  readonly mined = new Set<string>();
  #services: MempoolService[] = [];
  readonly #cursors = createMemoryCursors();

  constructor(rig: PoolRig, pool: Pool, next: () => number) {
    this.rig = rig;
    this.pool = pool;
    this.next = next;
    this.far = remote(pool, next);
  }

  /** A function that was just started, or one that still knows the pool of some steps ago. */
  service(): MempoolService {
    const warm = this.#services[Math.floor(this.next() * this.#services.length)];
    if (warm !== undefined && this.next() < 0.3) return warm;
    const started = createMempool({ ...this.rig.deps, pool: this.far, kept: { by: "else" } });
    this.#services = [started, ...this.#services].slice(0, 3);
    return started;
  }

  follow(): Promise<void> {
    return followWithPool({ ...this.rig.deps, pool: this.far, cursors: this.#cursors });
  }

  /** Pays a coin of the chain, or what was sent before: now and then one that was paid already. */
  async payments(): Promise<HashedTransaction[]> {
    const known = this.next() < 0.9 ? [...this.accepted].slice(-8) : this.sent;
    const parent = known[Math.floor(this.next() * known.length)];
    const spends: Spend[] = [];
    if (parent !== undefined && this.next() < 0.7) {
      spends.push(this.rig.spendOf(parent, this.next() < 0.5 ? 0 : 1));
    }
    if (spends.length === 0 || this.next() < 0.2) {
      spends.push(await this.rig.coinbaseAt(1 + Math.floor(this.next() * COINS)));
    }
    // Now and then the same coins are paid twice at once, each time to another process.
    const fees = this.next() < 0.3 ? [100_000n, 110_000n] : [120_000n];
    const payments = fees.map((fee) => this.rig.pay(spends, { fee, outputCount: 2 }));
    this.sent.push(...payments);
    return payments;
  }

  async mineSome(): Promise<void> {
    const counted = new Set((await this.pool.all()).map(({ txid }) => txid));
    const wanted = this.sent.filter((tx) => counted.has(idOf(tx)) && this.next() < 0.6);
    for (const tx of wanted) this.mined.add(idOf(tx));
    await this.rig.mineThese(wanted);
  }

  async #hand(tx: HashedTransaction): Promise<void> {
    const { state } = await this.service().accept(tx.raw, { source: "peer" });
    if (state === "accepted") this.accepted.add(tx);
  }

  async step(): Promise<void> {
    const work: Promise<unknown>[] = [];
    if (this.next() < 0.6) await this.mineSome();
    if (this.next() < 0.8) work.push(this.follow());
    for (let count = 1 + Math.floor(this.next() * 4); count > 0; count--) {
      for (const tx of await this.payments()) work.push(this.#hand(tx));
    }
    if (this.next() < 0.3) work.push(this.follow());
    await Promise.all(work);
    await this.checkClaims();
  }

  /** At any moment: no output is spent twice by what counts. */
  async checkClaims(): Promise<void> {
    const spent = (await this.pool.all()).flatMap(({ inputs }) => inputs.map(outpointKey));
    expect(new Set(spent).size).toBe(spent.length);
  }

  /** When all is quiet: what counts is right, nothing else stands in the way, and nothing was lost. */
  async checkRest(): Promise<void> {
    await this.follow();
    expect(await this.pool.dangling()).toEqual([]);
    const counted = await this.pool.all();
    const ids = new Set<string>(counted.map(({ txid }) => txid));
    const spent = new Set<string>();
    for (const { inputs, parents } of counted) {
      for (const outpoint of inputs) {
        spent.add(outpointKey(outpoint));
        const isPooled = parents.some((parent) => parent === idOfOutpoint(this.sent, outpoint));
        expect(isPooled || (await this.rig.isUnspent(outpoint))).toBe(true);
      }
    }
    await this.checkFree(spent);
    for (const tx of this.accepted) {
      if (ids.has(idOf(tx)) || this.mined.has(idOf(tx))) continue;
      // What was accepted and is gone is refused by who looks at the pool as it is now.
      expect(await this.rig.restarted(this.pool).test(tx.raw)).not.toMatchObject({
        state: "accepted",
      });
    }
  }

  /** A coin that nobody spends can be claimed. */
  async checkFree(spent: ReadonlySet<string>): Promise<void> {
    this.rig.clock.advance(61_000);
    const at = this.rig.clock.now();
    for (let number = 1; number <= COINS; number++) {
      const { outpoint } = await this.rig.coinbaseAt(number);
      if (spent.has(outpointKey(outpoint)) || !(await this.rig.isUnspent(outpoint))) continue;
      const txid = "0".repeat(64) as never;
      expect(await this.pool.claim({ outpoint, txid, at })).toBeUndefined();
      await this.pool.release(outpoint, txid);
    }
  }
}

function idOfOutpoint(sent: readonly HashedTransaction[], outpoint: Spend["outpoint"]) {
  const made = sent.find(({ txid }) => txid.every((byte, at) => byte === outpoint.txid[at]));
  return made === undefined ? undefined : idOf(made);
}

describe("one pool that several processes write at once", () => {
  it.each(Array.from({ length: 6 }, (_, at) => at + 1))(
    "never holds two that spend one output, and at rest what is right, seed %i",
    async (seed) => {
      const next = seededNumbers(seed);
      const pool = createMemoryPool();
      const world = new World(await createPoolRig({ pool: createMemoryPool() }), pool, next);
      for (let step = 0; step < STEPS; step++) await world.step();
      await world.checkRest();
    },
  );
});
