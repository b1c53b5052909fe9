import { describe, expect, it } from "vitest";
import { createMemoryPool } from "#shared/adapters/embedded/memory-pool.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { output } from "../../support/block-builder.ts";
import { codeOf, createPoolRig, idOf, type PoolRig } from "../../support/pool-rig.ts";
import { OTHER, OWNER } from "../../support/rich-chain.ts";

/** A transaction of which each input is signed, but for those named, whose signature is broken. */
function broken(tx: HashedTransaction, rig: PoolRig, index: number): Uint8Array {
  const raw = tx.raw.slice();
  // Version and time, count, inputs of 36 bytes, a length, a script, a sequence each.
  let at = rig.network.consensus.wire.transactionTime ? 9 : 5;
  for (const [place, { scriptSig }] of tx.inputs.entries()) {
    at += 36;
    if (place === index) raw[at + 1 + 12] = (raw[at + 1 + 12] ?? 0) ^ 1;
    at += 1 + scriptSig.length + 4;
  }
  return raw;
}

describe.each([
  ["exos-regtest", undefined, 30],
  ["bitcoin-regtest", bitcoinRegtest, 130],
] as const)("the pool on %s", (_, network, blocks) => {
  const open = (options: Parameters<typeof createPoolRig>[0] = {}) =>
    createPoolRig({ ...(network === undefined ? {} : { network }), blocks, ...options });

  it("takes a payment, tells of it once, and gives it to a block", async () => {
    const rig = await open();
    const tx = rig.pay([await rig.coinbaseAt(3)]);
    const verdict = await rig.accept(tx);
    expect(verdict).toMatchObject({ state: "accepted", txid: idOf(tx), replaced: [] });
    expect(codeOf(await rig.accept(tx))).toBe("txn-already-in-mempool");
    expect(rig.hinted).toEqual([idOf(tx)]);
    expect(await rig.mempool.ids()).toEqual([idOf(tx)]);
    await rig.mine(1);
    expect(await rig.mempool.info()).toMatchObject({ count: 1 });
    await rig.mempool.follow();
    expect(await rig.mempool.info()).toMatchObject({ count: 0, bytes: 0, totalFees: 0n, usage: 0 });
    expect(await rig.pool.all()).toEqual([]);
    expect(codeOf(await rig.accept(tx))).toBe("txn-already-known");
  });

  it("judges as it would accept, and changes nothing", async () => {
    const rig = await open();
    const parent = rig.pay([await rig.coinbaseAt(3)]);
    await rig.accept(parent);
    const child = rig.pay([rig.spendOf(parent)]);
    const tested = await rig.mempool.test(child.raw);
    expect(await rig.mempool.ids()).toEqual([idOf(parent)]);
    const accepted = await rig.accept(child);
    if (tested.state !== "accepted" || accepted.state !== "accepted")
      throw new RangeError("refused");
    expect({ ...tested.entry, unbroadcast: false }).toEqual(accepted.entry);
    expect(accepted.entry).toMatchObject({ ancestorCount: 2, parents: [idOf(parent)] });
  });

  it.each([0, 1])("verifies the script of input %i", async (index) => {
    const rig = await open();
    const tx = rig.pay([await rig.coinbaseAt(3), await rig.coinbaseAt(4)]);
    const verdict = await rig.mempool.accept(broken(tx, rig, index), { source: "local" });
    expect(codeOf(verdict)).toBe("mandatory-script-verify-flag-failed");
    expect(codeOf(await rig.accept(tx))).toBe("accepted");
  });

  it("keeps what a reorganisation frees, and what it leaves alone", async () => {
    const rig = await open();
    const mined = rig.pay([await rig.coinbaseAt(3)]);
    await rig.accept(mined);
    const [hash] = await rig.mine(1);
    await rig.mempool.follow();
    const child = rig.pay([rig.spendOf(mined)]);
    const other = rig.pay([await rig.coinbaseAt(4)]);
    for (const tx of [child, other]) expect(codeOf(await rig.accept(tx))).toBe("accepted");
    if (hash !== undefined) await rig.validator.invalidate(hash);
    await rig.mempool.follow();
    expect((await rig.mempool.ids()).toSorted()).toEqual(
      [mined, child, other].map(idOf).toSorted(),
    );
    expect(await rig.mempool.get(idOf(child))).toMatchObject({ parents: [idOf(mined)] });
    if (hash !== undefined) await rig.validator.reconsider(hash);
    await rig.mempool.follow();
    expect((await rig.mempool.ids()).toSorted()).toEqual([child, other].map(idOf).toSorted());
  });

  it("drops what a reorganisation makes impossible, with what depends on it", async () => {
    const rig = await open();
    const [hash] = await rig.mine(1);
    await rig.mempool.follow();
    const maturity = rig.network.consensus.maturityBlocks;
    const tip = (await rig.validator.tip()).height;
    // Mature in the next block, and one block later only on the shorter chain.
    const young = rig.pay([await rig.coinbaseAt(tip + 1 - maturity)]);
    expect(codeOf(await rig.accept(young))).toBe("accepted");
    expect(codeOf(await rig.accept(rig.pay([rig.spendOf(young)])))).toBe("accepted");
    if (hash !== undefined) await rig.validator.invalidate(hash);
    await rig.mempool.follow();
    expect(await rig.mempool.ids()).toEqual([]);
    expect(await rig.pool.all()).toEqual([]);
  });

  it("throws out what spends the same as a block, with what depends on it", async () => {
    const rig = await open();
    const coin = await rig.coinbaseAt(3);
    const mined = rig.pay([coin]);
    await rig.accept(mined);
    const [hash] = await rig.mine(1);
    if (hash === undefined) throw new RangeError("nothing was mined");
    await rig.validator.invalidate(hash);
    const rival = rig.pay([coin], { fee: 200_000n, lockTime: 1 });
    expect(codeOf(await rig.accept(rival))).toBe("txn-mempool-conflict");

    const other = rig.restarted(createMemoryPool());
    const child = rig.pay([rig.spendOf(rival)]);
    for (const { raw } of [rival, child]) await other.accept(raw, { source: "peer" });
    expect(await other.ids()).toEqual([rival, child].map(idOf));
    await rig.validator.reconsider(hash);
    await other.follow();
    expect(await other.ids()).toEqual([]);
  });
});

describe("orphans", () => {
  it("wait for their parent, and for theirs", async () => {
    const rig = await createPoolRig();
    const parent = rig.pay([await rig.coinbaseAt(3)]);
    const child = rig.pay([rig.spendOf(parent)]);
    const grandchild = rig.pay([rig.spendOf(child)]);
    expect(await rig.accept(grandchild)).toMatchObject({ state: "orphan", missing: [idOf(child)] });
    expect(codeOf(await rig.accept(child))).toBe("bad-txns-inputs-missing");
    expect(await rig.mempool.info()).toMatchObject({ orphans: 2, count: 0 });
    expect(await rig.mempool.unknown([grandchild, parent].map(idOf))).toEqual([idOf(parent)]);
    await rig.accept(parent);
    expect(await rig.mempool.ids()).toEqual([parent, child, grandchild].map(idOf));
    expect(await rig.mempool.info()).toMatchObject({ orphans: 0, count: 3 });
    expect(rig.hinted).toEqual([parent, child, grandchild].map(idOf));
  });

  it("are taken from peers alone, and enter when a block brings their parent", async () => {
    const rig = await createPoolRig();
    const parent = rig.pay([await rig.coinbaseAt(3)]);
    const child = rig.pay([rig.spendOf(parent)]);
    await rig.accept(child, { source: "local" });
    expect(await rig.mempool.info()).toMatchObject({ orphans: 0 });
    await rig.accept(child);
    expect(await rig.mempool.info()).toMatchObject({ orphans: 1 });
    await rig.mineThese([parent]);
    await rig.mempool.follow();
    expect(await rig.mempool.info()).toMatchObject({ orphans: 0 });
    expect(await rig.mempool.ids()).toEqual([idOf(child)]);
  });

  it("are at most as many as allowed, none over its size, and go after twenty minutes", async () => {
    const rig = await createPoolRig({ policy: { orphansMax: 3 } });
    const parent = rig.pay([await rig.coinbaseAt(3)], { outputCount: 6 });
    const children = [0, 1, 2, 3, 4].map((index) => rig.pay([rig.spendOf(parent, index)]));
    for (const child of children) await rig.accept(child);
    expect(await rig.mempool.info()).toMatchObject({ orphans: 3 });
    const wide = (bytes: number) => [output(1_000_000n, new Uint8Array(bytes))];
    const small = rig.pay([rig.spendOf(parent, 5)]).sizeTotal;
    const large = rig.pay([rig.spendOf(parent, 5)], { outputs: wide(100_000 - small + 31) });
    expect(large.sizeTotal).toBeGreaterThan(99_999);
    await rig.accept(large);
    expect(await rig.mempool.unknown([idOf(large)])).toEqual([idOf(large)]);
    rig.clock.advance(1_199_000);
    await rig.mempool.sweep();
    expect(await rig.mempool.info()).toMatchObject({ orphans: 3 });
    rig.clock.advance(1_000);
    await rig.mempool.sweep();
    expect(await rig.mempool.info()).toMatchObject({ orphans: 0 });
  });

  it("are not kept when a parent was refused", async () => {
    const rig = await createPoolRig();
    const parent = rig.pay([await rig.coinbaseAt(29)]);
    expect(codeOf(await rig.accept(parent))).toBe("bad-txns-premature-spend-of-coinbase");
    await rig.accept(rig.pay([rig.spendOf(parent)]));
    expect(await rig.mempool.info()).toMatchObject({ orphans: 0 });
  });
});

describe("what was refused", () => {
  it("is remembered against peers until the tip changes, and never against ourselves", async () => {
    const rig = await createPoolRig();
    const young = await rig.coinbaseAt(21);
    const tx = rig.pay([young]);
    const early = rig.pay([await rig.coinbaseAt(22)]);
    expect(codeOf(await rig.accept(early))).toBe("bad-txns-premature-spend-of-coinbase");
    expect(codeOf(await rig.accept(tx))).toBe("accepted");
    expect(await rig.mempool.unknown([idOf(early)])).toEqual([]);
    expect(codeOf(await rig.accept(early))).toBe("bad-txns-premature-spend-of-coinbase");
    await rig.mine(1);
    await rig.mempool.follow();
    expect(await rig.mempool.unknown([idOf(early)])).toEqual([idOf(early)]);
    expect(codeOf(await rig.accept(early))).toBe("accepted");
  });
});

describe("a replacement", () => {
  it("drives out what it replaces with all that depends on it", async () => {
    const rig = await createPoolRig();
    const coin = { ...(await rig.coinbaseAt(3)), sequence: 0xffff_fffd };
    const first = rig.pay([coin]);
    const child = rig.pay([rig.spendOf(first)]);
    for (const tx of [first, child]) await rig.accept(tx);
    expect((await rig.mempool.get(idOf(child)))?.replaceable).toBe(true);
    const poor = rig.pay([coin], { fee: 200_000n });
    expect(codeOf(await rig.accept(poor, { source: "local" }))).toBe("insufficient-fee");
    const rich = rig.pay([coin], { fee: 300_000n });
    expect(await rig.accept(rich)).toMatchObject({
      state: "accepted",
      replaced: [idOf(child), idOf(first)],
    });
    expect(await rig.mempool.ids()).toEqual([idOf(rich)]);
    expect((await rig.pool.all()).map(({ txid }) => txid)).toEqual([idOf(rich)]);
    expect(await rig.mempool.spenderOf(coin.outpoint)).toBe(idOf(rich));
  });

  it("is refused where the operator allows none, and where the first says it is final", async () => {
    const rig = await createPoolRig({ policy: { replacement: false } });
    const coin = { ...(await rig.coinbaseAt(3)), sequence: 0 };
    await rig.accept(rig.pay([coin]));
    const second = rig.pay([coin], { fee: 900_000n });
    expect(codeOf(await rig.accept(second))).toBe("txn-mempool-conflict");
  });
});

describe("a full pool", () => {
  it("throws out the worst packages and asks for more than they paid until that has sunk", async () => {
    const rig = await createPoolRig({ policy: { usageMax: 12_000 } });
    const fees = [10_000n, 20_000n, 30_000n, 40_000n, 50_000n, 60_000n];
    const transactions = [];
    for (const [index, fee] of fees.entries()) {
      const tx = rig.pay([await rig.coinbaseAt(3 + index)], { fee });
      transactions.push(tx);
      await rig.accept(tx);
    }
    const { usage, feeRateMin } = await rig.mempool.info();
    expect(usage).toBeLessThanOrEqual(12_000);
    const ids = await rig.mempool.ids();
    expect(ids).toEqual(transactions.slice(-ids.length).map(idOf));
    expect(feeRateMin).toBeGreaterThan(10_000n);
    const cheap = rig.pay([await rig.coinbaseAt(10)], { fee: 5_000n });
    expect(codeOf(await rig.accept(cheap))).toBe("mempool-min-fee-not-met");
    const poor = rig.pay([await rig.coinbaseAt(11)], { fee: (feeRateMin * 160n) / 1_000n });
    expect(codeOf(await rig.accept(poor, { source: "local" }))).toBe("mempool-min-fee-not-met");
    await rig.mine(1);
    await rig.mempool.follow();
    rig.clock.advance(1_000 * 12 * 60 * 60 * 20);
    expect(await rig.mempool.info()).toMatchObject({ feeRateMin: 10_000n });
  });

  it("asks nobody for more who is in, also after a reorganisation", async () => {
    const rig = await createPoolRig({ policy: { usageMax: 12_000 } });
    const fees = [10_000n, 11_000n, 500_000n, 600_000n];
    const transactions = [];
    for (const [index, fee] of fees.entries()) {
      const tx = rig.pay([await rig.coinbaseAt(3 + index)], { fee });
      transactions.push(tx);
      await rig.accept(tx);
    }
    const [, second, ...rich] = transactions;
    const { feeRateMin } = await rig.mempool.info();
    const rate = (11_000n * 1_000n) / BigInt(second?.sizeTotal ?? 1);
    expect(feeRateMin).toBeGreaterThan(rate);
    await rig.validator.invalidate((await rig.validator.tip()).hash);
    await rig.mempool.follow();
    const left = [second, ...rich].flatMap((tx) => (tx === undefined ? [] : [idOf(tx)]));
    expect(await rig.mempool.ids()).toEqual(left);
  });

  it("refuses a newcomer that would be the first to go", async () => {
    const rig = await createPoolRig({ policy: { usageMax: 5_000 } });
    const first = rig.pay([await rig.coinbaseAt(3)], { fee: 50_000n });
    await rig.accept(first);
    const poor = rig.pay([await rig.coinbaseAt(4)], { fee: 40_000n });
    expect(codeOf(await rig.accept(poor))).toBe("mempool-full");
    expect(await rig.mempool.ids()).toEqual([idOf(first)]);
  });

  it("gives up what waited too long, with what depends on it", async () => {
    const rig = await createPoolRig();
    const old = rig.pay([await rig.coinbaseAt(3)]);
    await rig.accept(old);
    rig.clock.advance(336 * 3_600 * 1_000);
    const child = rig.pay([rig.spendOf(old)]);
    expect(codeOf(await rig.accept(child))).toBe("accepted");
    await rig.mempool.sweep();
    expect(await rig.mempool.ids()).toEqual([old, child].map(idOf));
    rig.clock.advance(1_000);
    await rig.mempool.sweep();
    expect(await rig.mempool.ids()).toEqual([]);
  });
});

describe("a template", () => {
  const limitsAt = (rig: PoolRig, change = {}) => ({
    sizeBytesMax: 999_000,
    sigopsMax: 19_600,
    feeRateMin: 1_000n,
    timeMax: rig.clock.now(),
    height: 31,
    lockTimeCutoff: rig.clock.now(),
    witness: false,
    ...change,
  });

  it("leaves what is dated later, and generate goes on without it", async () => {
    const rig = await createPoolRig();
    const { time } = (await rig.validator.tip()).header;
    const next = time + rig.network.consensus.spacingSeconds;
    const later = unixSeconds(next + 1);
    const early = rig.pay([await rig.coinbaseAt(3)]);
    const late = rig.pay([await rig.coinbaseAt(4)], { time: later });
    const child = rig.pay([rig.spendOf(late)], { time: later });
    for (const tx of [early, late, child]) expect(codeOf(await rig.accept(tx))).toBe("accepted");
    const chosen = await rig.mempool.template(limitsAt(rig, { timeMax: unixSeconds(next) }));
    expect(chosen.map(({ tx }) => idOf(tx))).toEqual([idOf(early)]);
    // A block is dated one spacing after its parent.
    await rig.mine(1);
    await rig.mempool.follow();
    expect(await rig.mempool.ids()).toEqual([late, child].map(idOf));
    await rig.mine(1);
    await rig.mempool.follow();
    expect(await rig.mempool.ids()).toEqual([]);
  });

  it("takes a poor parent with its rich child before what pays less than both", async () => {
    const rig = await createPoolRig();
    const poor = rig.pay([await rig.coinbaseAt(3)], { fee: 3_000n });
    const rich = rig.pay([rig.spendOf(poor)], { fee: 500_000n });
    const middle = rig.pay([await rig.coinbaseAt(4)], { fee: 100_000n });
    for (const tx of [poor, rich, middle]) await rig.accept(tx);
    const chosen = await rig.mempool.template(limitsAt(rig));
    expect(chosen.map(({ tx }) => idOf(tx))).toEqual([poor, rich, middle].map(idOf));
    const two = limitsAt(rig, { sizeBytesMax: poor.sizeTotal + rich.sizeTotal + 1 });
    expect(await rig.mempool.template(two)).toHaveLength(2);
    const one = limitsAt(rig, { sizeBytesMax: poor.sizeTotal + rich.sizeTotal });
    const left = await rig.mempool.template(one);
    expect(left.map(({ tx }) => idOf(tx))).toEqual([middle, poor].map(idOf));
  });
});

it("answers what depends on a transaction and what it depends on", async () => {
  const rig = await createPoolRig();
  const parent = rig.pay([await rig.coinbaseAt(3)], {
    outputs: [output(500_000_000n, OWNER.payToKey), output(400_000_000n, OTHER.payToHash)],
  });
  const child = rig.pay([rig.spendOf(parent)]);
  for (const tx of [parent, child]) await rig.accept(tx);
  const related = async (tx: HashedTransaction, direction: "ancestors" | "descendants") =>
    (await rig.mempool.related(idOf(tx), direction)).map(({ txid }) => txid);
  expect(await related(parent, "descendants")).toEqual([idOf(child)]);
  expect(await related(child, "ancestors")).toEqual([idOf(parent)]);
  expect(await related(child, "descendants")).toEqual([]);
  expect(await rig.mempool.has(idOf(child))).toBe(true);
  expect(await rig.mempool.accept(Uint8Array.of(1, 2), { source: "peer" })).toMatchObject({
    state: "undecodable",
  });
});
