import { describe, expect, it } from "vitest";
import { createMempool } from "#services/validate/mempool.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { createPoolRig, idOf } from "../../support/pool-rig.ts";

describe("a restart", () => {
  it("judges again what was saved, in its time, and tells peers of our own alone", async () => {
    const rig = await createPoolRig();
    const parent = rig.pay([await rig.coinbaseAt(3)]);
    const child = rig.pay([rig.spendOf(parent)]);
    const gone = rig.pay([await rig.coinbaseAt(29)]);
    const time = unixSeconds(rig.clock.now() - 100);
    const saved = [parent, child, gone].map(({ raw }, index) => ({
      raw,
      time,
      unbroadcast: index === 1,
    }));
    expect(await rig.mempool.info()).toMatchObject({ loaded: false });
    expect(await rig.mempool.open(saved)).toBe(2);
    expect(await rig.mempool.info()).toMatchObject({ loaded: true, unbroadcast: 1 });
    expect(await rig.mempool.get(idOf(parent))).toMatchObject({ time, unbroadcast: false });
    expect(rig.hinted).toEqual([idOf(child)]);
    await rig.mempool.broadcast(idOf(child));
    expect(await rig.mempool.get(idOf(child))).toMatchObject({ unbroadcast: false });
  });

  it("takes over what counts in a store that outlived the process", async () => {
    const rig = await createPoolRig();
    const parent = rig.pay([await rig.coinbaseAt(3)]);
    const child = rig.pay([rig.spendOf(parent)]);
    for (const tx of [parent, child]) await rig.accept(tx);
    const next = rig.restarted();
    await next.open([]);
    expect(await next.entries()).toEqual(await rig.mempool.entries());
  });

  it("lets others have their turn while it judges, who find the pool as it was or whole", async () => {
    const rig = await createPoolRig();
    for (const at of [3, 4, 5]) await rig.accept(rig.pay([await rig.coinbaseAt(at)]));
    let elapsedMs = 0;
    const seen: number[] = [];
    const next = createMempool({
      ...rig.deps,
      // Every step takes longer than one task may.
      clock: { ...rig.clock, elapsedMs: () => (elapsedMs += 100) },
      pause: async () => void seen.push((await next.ids()).length),
    });
    await next.open([]);
    // Read from the store, then judged.
    expect(seen).toEqual([0, 0, 0, 3, 3, 3]);
    expect(await next.entries()).toEqual(await rig.mempool.entries());
  });

  it("brings what outlived it to the tip of now: no mined one stays or gets into a block", async () => {
    const rig = await createPoolRig();
    const parent = rig.pay([await rig.coinbaseAt(3)]);
    const child = rig.pay([rig.spendOf(parent)]);
    const rival = rig.pay([await rig.coinbaseAt(4)]);
    const after = rig.pay([rig.spendOf(rival)]);
    for (const tx of [parent, child, rival, after]) await rig.accept(tx);
    await rig.mineThese([parent, rig.pay([await rig.coinbaseAt(4)], { fee: 900_000n })]);
    const next = rig.restarted();
    await next.open([]);
    expect(await next.ids()).toEqual([idOf(child)]);
    expect(await next.get(idOf(child))).toMatchObject({ parents: [], ancestorCount: 1 });
    expect((await rig.pool.all()).map(({ txid }) => txid)).toEqual([idOf(child)]);
  });

  it("brings it there too for whoever asks before it was opened, and counts nothing twice", async () => {
    const rig = await createPoolRig();
    const [mined, kept, early] = [3, 4, 5].map((at) => rig.coinbaseAt(at));
    if (mined === undefined || kept === undefined || early === undefined) throw new RangeError();
    const tx = rig.pay([await mined]);
    for (const one of [tx, rig.pay([await kept])]) await rig.accept(one);
    await rig.mineThese([tx]);
    const next = rig.restarted();
    await next.accept(rig.pay([await early]).raw, { source: "local" });
    expect(await next.ids()).toHaveLength(2);
    await next.open([]);
    expect(await next.info()).toMatchObject({ count: 2, totalFees: 200_000n });
  });
});
