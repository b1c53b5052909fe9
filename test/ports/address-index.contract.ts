import { expect, it } from "vitest";
import type { AddressIndex, AddressIndexWriter } from "#shared/ports/address-index.ts";
import { amount, type HashHex, height, unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { stakerScript } from "#shared/script/owner-script.ts";
import {
  chainOf,
  growBlock,
  TO_B,
  TO_C,
  TO_KEY,
  TO_KEY_HASH,
  TO_NOBODY,
  TO_NOTHING,
  TO_STAKER_OF_B,
  type TreeBlock,
} from "../support/block-tree.ts";

type Index = AddressIndex & AddressIndexWriter;

function transactionOf(block: TreeBlock, position: number): HashedTransaction {
  const found = block.transactions[position];
  if (found === undefined) throw new RangeError(`no transaction ${position}`);
  return found;
}

function txidOf(block: TreeBlock, position: number): HashHex {
  return toHashHex(transactionOf(block, position).txid);
}

const genesis = growBlock(undefined, 0, [{ spends: [], pays: [[7n, TO_KEY_HASH]] }]);
const one = growBlock(genesis, 1, [{ spends: [], pays: [[50n, TO_KEY_HASH]] }]);
const reward = { txid: transactionOf(one, 0).txid, index: 0 };
const two = growBlock(one, 2, [
  { spends: [], pays: [[55n, TO_B]] },
  {
    spends: [reward],
    pays: [
      [30n, TO_B],
      [13n, TO_KEY_HASH],
      [2n, TO_NOTHING],
    ],
  },
]);
const payment = transactionOf(two, 1);
const three = growBlock(two, 3, [
  { spends: [], pays: [[0n, TO_NOBODY]] },
  {
    spends: [{ txid: payment.txid, index: 1 }],
    pays: [
      [0n, TO_NOBODY],
      [16n, TO_KEY],
    ],
  },
]);
const rival = growBlock(two, 4, [
  { spends: [], pays: [[50n, TO_C]] },
  { spends: [{ txid: payment.txid, index: 1 }], pays: [[13n, TO_C]] },
]);
const forIndex = ({ height: at, hash, bytes }: TreeBlock) => ({
  height: at,
  hash,
  bytes: bytes.slice(),
});

export async function addAndFollow(index: Index, tip: TreeBlock): Promise<void> {
  await index.add(chainOf(tip).map(forIndex));
  await index.follow(tip.hash);
}

/** What every index promises. @param create an empty one each time, of the EXOS wire */
export function addressIndexContract(create: () => Promise<Index>): void {
  const filled = async (tip = three): Promise<Index> => {
    const index = await create();
    await addAndFollow(index, tip);
    return index;
  };

  it("speaks of no block before it follows one", async () => {
    const index = await create();
    expect(await index.cursor()).toBeUndefined();
    await index.add([forIndex(genesis)]);
    expect(await index.cursor()).toBeUndefined();
    expect(await index.blockRow(height(0))).toBeUndefined();
    await index.follow(genesis.hash);
    expect(await index.cursor()).toEqual({ height: 0, hash: genesis.hash });
  });

  it("sums up each block, by height and by hash", async () => {
    const index = await filled();
    expect(await index.blockRow(height(2))).toEqual({
      height: 2,
      hash: two.hash,
      time: 1_600_000_128,
      proofKind: "work",
      transactions: 2,
      inputs: 2,
      outputs: 4,
      size: two.bytes.length,
      fees: 5n,
      reward: 55n,
      makerScript: TO_B,
      transactionsSum: 4,
      coinsSum: 3,
      supply: 98n,
      unspendableSum: 9n,
    });
    expect(await index.blockRow(two.hash)).toEqual(await index.blockRow(height(2)));
    expect(await index.blockRow(height(3))).toMatchObject({
      proofKind: "stake",
      fees: 0n,
      reward: 3n,
      makerScript: TO_KEY,
      coinsSum: 5,
      supply: 101n,
    });
    expect(await index.blockRow(height(0))).toMatchObject({ coinsSum: 0, supply: 0n });
    expect(await index.blockRow(height(4))).toBeUndefined();
    expect(await index.blockRow(rival.hash)).toBeUndefined();
  });

  it("lists block rows from a height down", async () => {
    const index = await filled();
    const heights = async (from: number, limit: number) =>
      (await index.blockRows(height(from), limit)).map((row) => Number(row.height));
    expect(await heights(2, 2)).toEqual([2, 1]);
    expect(await heights(99, 2_000)).toEqual([3, 2, 1, 0]);
  });

  it("finds a transaction's place, on the followed chain alone", async () => {
    const index = await filled();
    expect(await index.transactionPlace(txidOf(two, 1))).toEqual({
      height: 2,
      hash: two.hash,
      position: 1,
      blockTime: 1_600_000_128,
    });
    expect(await index.transactionPlace(txidOf(rival, 1))).toBeUndefined();
    await index.add([forIndex(rival)]);
    expect(await index.transactionPlace(txidOf(rival, 1))).toBeUndefined();
    await index.follow(rival.hash);
    expect(await index.transactionPlace(txidOf(rival, 1))).toMatchObject({ height: 3 });
    expect(await index.transactionPlace(txidOf(three, 1))).toBeUndefined();
  });

  it("knows what an output was, spent or not, in the order asked", async () => {
    const index = await filled();
    const found = await index.outputs([
      { txid: payment.txid, index: 2 },
      { txid: payment.txid, index: 3 },
      reward,
    ]);
    expect(found).toEqual([
      { value: 2n, scriptPubKey: TO_NOTHING, time: 1_600_000_128, kind: "ordinary" },
      undefined,
      { value: 50n, scriptPubKey: TO_KEY_HASH, time: 1_600_000_064, kind: "coinbase" },
    ]);
    expect(found[0]?.scriptPubKey.constructor).toBe(Uint8Array);
  });

  it("names the spenders of a transaction's outputs, on the followed chain alone", async () => {
    const index = await filled();
    const spender = { txid: txidOf(three, 1), input: 0, height: 3 };
    expect(await index.spenders(payment.txid)).toEqual(new Map([[1, spender]]));
    await index.follow(two.hash);
    expect(await index.spenders(payment.txid)).toEqual(new Map());
  });

  it("adds up what an owner received and sent, by kind, whichever script names it", async () => {
    const index = await filled();
    const totals = {
      at: { height: 3, hash: three.hash },
      kinds: {
        ordinary: { transactions: 1, received: 13n, sent: 50n },
        coinbase: { transactions: 1, received: 50n, sent: 0n },
        coinstake: { transactions: 1, received: 16n, sent: 13n },
      },
      coins: 1,
    };
    expect(await index.totals(TO_KEY_HASH)).toEqual(totals);
    expect(await index.totals(TO_KEY)).toEqual(totals);
    expect(await index.totals(Uint8Array.of(0x52))).toMatchObject({ coins: 0 });
    expect(await index.totals(TO_NOBODY)).toMatchObject({ coins: 0 });
    expect(await index.totals(TO_NOTHING)).toMatchObject({ coins: 0 });
  });

  it("tells an owner's history newest first, by kind and by height", async () => {
    const index = await filled();
    const ask = async (query: object) => {
      const page = await index.history({ script: TO_KEY, limit: 200, ...query });
      return page.ok ? page.value.items.map(({ txid }) => txid) : page.error;
    };
    const all = [txidOf(three, 1), txidOf(two, 1), txidOf(one, 0)];
    expect(await ask({})).toEqual(all);
    expect(await ask({ kind: "coinstake" })).toEqual([all[0]]);
    expect(await ask({ heightFrom: 2 })).toEqual(all.slice(0, 2));
    expect(await ask({ heightTo: 2 })).toEqual(all.slice(1));
    expect(await ask({ heightFrom: 2, heightTo: 2 })).toEqual([all[1]]);
    expect(await index.history({ script: TO_KEY, limit: 1 })).toMatchObject({
      ok: true,
      value: {
        at: { height: 3, hash: three.hash },
        items: [
          {
            height: 3,
            hash: three.hash,
            position: 1,
            blockTime: 1_600_000_192,
            kind: "coinstake",
            received: 16n,
            sent: 13n,
          },
        ],
      },
    });
  });

  it("lists an owner's unspent outputs, each with its own script", async () => {
    const index = await filled();
    expect(await index.coins({ script: TO_KEY_HASH, limit: 200 })).toEqual({
      ok: true,
      value: {
        at: { height: 3, hash: three.hash },
        next: undefined,
        items: [
          {
            txid: txidOf(three, 1),
            index: 1,
            height: 3,
            value: 16n,
            scriptPubKey: TO_KEY,
            time: 1_600_000_192,
            kind: "coinstake",
          },
        ],
      },
    });
  });

  it("lists what a hot key stakes under it and under its owner, until it is spent", async () => {
    const staked = growBlock(two, 5, [{ spends: [], pays: [[9n, TO_STAKER_OF_B]] }]);
    const staker = stakerScript(new Uint8Array(20).fill(0xaa));
    const { txid } = transactionOf(staked, 0);
    const index = await filled(staked);
    const coins = async (script: Uint8Array) => {
      const page = await index.coins({ script, limit: 200 });
      return page.ok ? page.value.items.map(({ value }) => value) : page.error;
    };
    expect(await coins(staker)).toEqual([9n]);
    expect(await coins(TO_STAKER_OF_B)).toEqual([9n, 30n, 55n]);
    expect(await index.totals(staker)).toMatchObject({
      coins: 1,
      kinds: { coinbase: { received: 9n, sent: 0n } },
    });

    const minted = growBlock(staked, 6, [
      { spends: [], pays: [[0n, TO_NOBODY]] },
      {
        spends: [{ txid, index: 0 }],
        pays: [
          [0n, TO_NOBODY],
          [10n, TO_STAKER_OF_B],
        ],
      },
    ]);
    await addAndFollow(index, minted);
    expect(await coins(staker)).toEqual([10n]);
    expect(await index.totals(staker)).toMatchObject({
      kinds: { coinstake: { received: 10n, sent: 9n } },
    });
  });

  it("begins with the coins of a block and goes on as if it had seen the rest", async () => {
    const coins = [
      { ...reward, txid: payment.txid, index: 1, value: 13n, scriptPubKey: TO_KEY_HASH },
      { ...reward, txid: payment.txid, index: 0, value: 30n, scriptPubKey: TO_B },
      { ...reward, txid: payment.txid, index: 2, value: 2n, scriptPubKey: TO_B },
    ].map(({ value, ...coin }) => ({
      ...coin,
      value: amount(value),
      time: unixSeconds(1_600_000_128),
      kind: "ordinary" as const,
      height: height(1),
    }));
    const row = await (await filled(two)).blockRow(two.hash);
    if (row === undefined) throw new RangeError("no row");
    const empty = await create();
    expect(await empty.base()).toBeUndefined();
    await expect(empty.seed([])).rejects.toThrow(RangeError);
    const index = await filled(rival);
    await index.begin({ ...row, transactionsSum: 0 });
    await index.seed(coins);
    expect(await index.cursor()).toBeUndefined();
    await index.follow(two.hash);
    expect(await index.base()).toEqual({ height: 2, hash: two.hash });
    expect(await index.coins({ script: TO_B, limit: 200 })).toMatchObject({
      value: {
        items: [
          { index: 2, height: 1, value: 2n },
          { index: 0, height: 1, value: 30n },
        ],
      },
    });
    expect(await index.totals(TO_B)).toMatchObject({
      coins: 2,
      kinds: { ordinary: { transactions: 1, received: 32n, sent: 0n } },
    });
    expect(await index.outputs(coins)).toMatchObject([{ value: 13n }, { value: 30n }, {}]);
    expect(await index.transactionPlace(txidOf(two, 1))).toBeUndefined();
    expect(await index.blockRow(height(1))).toBeUndefined();

    await index.add([forIndex(three)]);
    await index.follow(three.hash);
    expect(await index.cursor()).toEqual({ height: 3, hash: three.hash });
    expect(await index.totals(TO_KEY)).toMatchObject({
      coins: 1,
      kinds: { ordinary: { received: 13n }, coinstake: { received: 16n, sent: 13n } },
    });
    expect(await index.blockRow(height(3))).toMatchObject({ supply: 101n, transactionsSum: 2 });
  });

  it("gives pages that join to the whole list, whatever block comes between them", async () => {
    const index = await filled(two);
    const whole = await index.coins({ script: TO_B, limit: 200 });
    const first = await index.coins({ script: TO_B, limit: 1 });
    if (!whole.ok || !first.ok) throw new RangeError("no page");
    expect(whole.value.items.map(({ value }) => value)).toEqual([30n, 55n]);

    const four = growBlock(three, 5, [
      { spends: [], pays: [[9n, TO_B]] },
      { spends: [{ txid: transactionOf(two, 0).txid, index: 0 }], pays: [[55n, TO_C]] },
    ]);
    await addAndFollow(index, four);
    const query = { script: TO_B, limit: 1, cursor: first.value.next };
    const second = await index.coins(query);
    if (!second.ok) throw new RangeError(second.error);
    expect([...first.value.items, ...second.value.items]).toEqual(whole.value.items);
    expect(second.value.at).toEqual({ height: 2, hash: two.hash });
    expect(second.value.next).toBeUndefined();
  });

  it("refuses a cursor that is none, and one whose block has left the chain", async () => {
    const index = await filled();
    for (const cursor of ["", "x", "A".repeat(58), "A".repeat(60), `${"A".repeat(58)}B`]) {
      const query = { script: TO_KEY, limit: 1, cursor };
      expect(await index.history(query), cursor).toEqual({ ok: false, error: "bad cursor" });
    }
    const page = await index.history({ script: TO_KEY, limit: 1 });
    const cursor = page.ok ? page.value.next : undefined;
    await index.add([forIndex(rival)]);
    await index.follow(rival.hash);
    const query = { script: TO_KEY, limit: 1, cursor };
    expect(await index.history(query)).toEqual({ ok: false, error: "cursor left the chain" });
    expect(await index.coins(query)).toEqual({ ok: false, error: "cursor left the chain" });
    await index.follow(three.hash);
    expect(await index.history(query)).toMatchObject({ ok: true });
  });

  it.each([0, 201, 1.5])("refuses a page of %d items", async (limit) => {
    const index = await filled();
    await expect(index.history({ script: TO_KEY, limit })).rejects.toThrow(RangeError);
    await expect(index.coins({ script: TO_KEY, limit })).rejects.toThrow(RangeError);
  });

  it("changes nothing when told the same again", async () => {
    const index = await filled();
    const before = await index.totals(TO_KEY);
    await addAndFollow(index, three);
    await index.add([forIndex(two)]);
    expect(await index.totals(TO_KEY)).toEqual(before);
  });

  it("refuses a block before its parent, and to follow one it does not have", async () => {
    const index = await create();
    await expect(index.add([forIndex(one)])).rejects.toThrow();
    await expect(index.follow(one.hash)).rejects.toThrow(RangeError);
    await addAndFollow(index, one);
    expect(await index.cursor()).toEqual({ height: 1, hash: one.hash });
  });

  it("adds all blocks of a call or none", async () => {
    const index = await filled(one);
    const damaged = { ...forIndex(three), bytes: three.bytes.slice(0, 100) };
    await expect(index.add([forIndex(two), damaged])).rejects.toMatchObject({
      name: "StoreFault",
      code: "EXOS-E1004",
    });
    await addAndFollow(index, three);
    expect(await index.totals(TO_KEY)).toMatchObject({ coins: 1 });
  });

  it("forgets everything when told to, and can begin again", async () => {
    const index = await filled();
    await index.clear();
    expect(await index.cursor()).toBeUndefined();
    await addAndFollow(index, two);
    expect(await index.totals(TO_KEY)).toMatchObject({ coins: 1 });
  });
}
