import { describe, expect, it } from "vitest";
import { runMempool } from "#services/validate/container.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createMemoryWorkQueue } from "#shared/adapters/embedded/memory-work-queue.ts";
import { type TipHint, tipHint } from "#shared/messages/tip-hint.ts";
import type { SavedTransaction } from "#shared/ports/pool.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { createPoolRig, idOf, type PoolRig } from "../../support/pool-rig.ts";

/** A pool's loop, and how often its file was written. */
function startLoop(rig: PoolRig, saved: readonly SavedTransaction[] = [], fault?: Error) {
  const log = createMemoryLog();
  const { clock, mempool } = rig;
  const limits = { concurrency: 1, visibilityMs: 1, attemptsMax: 1 };
  const follow = createMemoryWorkQueue<TipHint>({ name: "pool", clock, log, ...limits });
  let saves = 0;
  const file = {
    saved,
    async save() {
      saves++;
      if (fault !== undefined) throw fault;
    },
  };
  const stop = new AbortController();
  const running = runMempool({ mempool, file, follow, clock, log }, stop.signal);
  return { log, follow, stop, running, saves: () => saves };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function savedOf(rig: PoolRig): Promise<readonly SavedTransaction[]> {
  const tx = rig.pay([await rig.coinbaseAt(3)]);
  return [{ raw: tx.raw, time: rig.clock.now(), unbroadcast: false }];
}

describe("the loop of the pool", () => {
  it("takes back what was saved, follows the tip, and writes the file every five minutes", async () => {
    const rig = await createPoolRig();
    const loop = startLoop(rig, await savedOf(rig));
    while (!(await rig.mempool.info()).loaded) await turn();
    expect(await rig.mempool.ids()).toHaveLength(1);
    const [hash] = await rig.mine(1);
    if (hash === undefined) throw new RangeError("nothing was mined");
    await loop.follow.send(tipHint({ rev: 1, height: 31, hash }));
    await loop.follow.idle();
    expect(await rig.mempool.ids()).toEqual([]);
    rig.clock.advance(299_999);
    await turn();
    expect(loop.saves()).toBe(0);
    rig.clock.advance(1);
    while (loop.saves() === 0) await turn();
    loop.stop.abort();
    await loop.running;
    expect(loop.saves()).toBe(2);
    expect(loop.log.records.map(({ message }) => message)).toContain(
      "mempool: judged again what was saved",
    );
  });

  it("goes on when the file cannot be written, and says why", async () => {
    const rig = await createPoolRig();
    const full = new StoreFault("no room", { retryable: true, code: "EXOS-E1003" });
    const loop = startLoop(rig, [], full);
    while (!(await rig.mempool.info()).loaded) await turn();
    loop.stop.abort();
    await loop.running;
    expect(loop.log.records.map(({ code }) => code)).toEqual(["EXOS-E1003"]);
  });

  it("ends with a fault that is none of the store's", async () => {
    const rig = await createPoolRig();
    const loop = startLoop(rig, [], new TypeError("a bug"));
    while (!(await rig.mempool.info()).loaded) await turn();
    loop.stop.abort();
    await expect(loop.running).rejects.toThrow("a bug");
  });

  it("leaves the file as it was when it is stopped before all was judged", async () => {
    const rig = await createPoolRig();
    const loop = startLoop(rig, await savedOf(rig));
    loop.stop.abort();
    await loop.running;
    expect(loop.saves()).toBe(0);
  });
});

describe("a block whose body is gone", () => {
  it("costs nothing that the coins do not tell", async () => {
    const rig = await createPoolRig();
    const coin = await rig.coinbaseAt(3);
    const mined = rig.pay([coin]);
    const child = rig.pay([rig.spendOf(mined)]);
    const other = rig.pay([await rig.coinbaseAt(4)], { fee: 0n });
    for (const tx of [mined, other]) await rig.accept(tx);
    const [hash] = await rig.mine(1);
    if (hash !== undefined) await rig.dropBody(hash);
    await rig.accept(child);
    await rig.mempool.follow();
    expect((await rig.mempool.ids()).toSorted()).toEqual([other, child].map(idOf).toSorted());
  });
});
