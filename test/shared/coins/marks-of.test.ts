import { describe, expect, it } from "vitest";
import { addMarks, type CoinItem } from "#shared/coins/coin-item.ts";
import {
  type CoinKey,
  chunkOf,
  coinKeyOf,
  coinKeyOfChunk,
  decodeCoinKey,
  encodeCoinKey,
  OUTPUTS_MAX,
} from "#shared/coins/coin-key.ts";
import { coinsReader, readItems } from "#shared/coins/coins-reader.ts";
import { coinNeeds, kernelInDoubt, marksOf } from "#shared/coins/marks-of.ts";
import { genesisTip } from "#shared/coins/tip.ts";
import { growView, NOTHING_FROZEN, type View } from "#shared/coins/view.ts";
import { amount, type Hash256, height, unixSeconds } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import type { HashedTransaction, TxOutput } from "#shared/primitives/transaction.ts";
import { hashOf, txidOf } from "../../support/coin-chain.ts";

const COINBASE = { txid: zeroHash(), index: 0xffff_ffff };
const pay = (count: number): TxOutput[] =>
  Array.from({ length: count }, (_, at) => ({
    value: amount(BigInt(at + 1)),
    scriptPubKey: Uint8Array.of(0x51),
  }));
const EMPTY: TxOutput = { value: amount(0n), scriptPubKey: new Uint8Array(0) };

function tx(
  name: string,
  spends: readonly { readonly txid: Hash256; readonly index: number }[],
  outputs: readonly TxOutput[],
): HashedTransaction {
  const inputs = spends.map((prevout) => ({
    prevout,
    scriptSig: new Uint8Array(0),
    sequence: 0,
    witness: [],
  }));
  const id = txidOf(name);
  const sizes = { sizeStripped: 0, sizeTotal: 0, raw: new Uint8Array(0) };
  return {
    version: 1,
    time: unixSeconds(7),
    inputs,
    outputs,
    lockTime: 0,
    txid: id,
    wtxid: id,
    ...sizes,
  };
}
const at = (name: string, index: number) => ({ txid: txidOf(name), index });
const PLACE = { hash: hashOf("a5"), height: height(5) };
const EXOS = { dialect: "exos" } as const;

describe("the marks of a block", () => {
  const block = {
    transactions: [
      tx("cb", [COINBASE], pay(1)),
      tx("cs", [at("old", 9)], [EMPTY, ...pay(1)]),
      tx("pay", [at("old", 8), at("old", 15), at("cs", 1), at("far", OUTPUTS_MAX)], pay(10)),
    ],
  };
  const marks = new Map(marksOf(block, PLACE, EXOS).map((one) => [one.key, one]));

  it("are one per item, made or spent or both", () => {
    expect(marks.size).toBe(5);
    expect(marks.get(coinKeyOf(txidOf("old"), 8))).toMatchObject({
      created: undefined,
      spent: 0x83,
    });
    expect(marks.get(coinKeyOf(txidOf("cs"), 0))).toMatchObject({ spent: 2 });
    expect(marks.get(coinKeyOf(txidOf("pay"), 9))).toMatchObject({ spent: 0 });
    for (const { mark } of marks.values()) expect(mark).toEqual({ height: 5, hash: PLACE.hash });
  });

  it("name the kind by shape, and coinstakes only where there are any", () => {
    const kinds = (dialect: "exos" | "bitcoin") =>
      ["cb", "cs", "pay"].map((name) => {
        const key = coinKeyOf(txidOf(name), 0);
        return marksOf(block, PLACE, { dialect }).find((one) => one.key === key)?.created?.kind;
      });
    expect(kinds("exos")).toEqual(["coinbase", "coinstake", "ordinary"]);
    expect(kinds("bitcoin")).toEqual(["coinbase", "ordinary", "ordinary"]);
  });

  it("are none for genesis, whose output is no coin", () => {
    expect(marksOf(block, { ...PLACE, height: height(0) }, EXOS)).toEqual([]);
  });
});

describe("what a block needs", () => {
  it("are the items of its prevouts and of its own txids, each once", () => {
    const { keys, kernel } = coinNeeds({
      transactions: [
        tx("cb", [COINBASE], pay(9)),
        tx("cs", [at("old", 9)], [EMPTY, ...pay(1)]),
        tx("pay", [at("old", 8), at("far", OUTPUTS_MAX)], pay(1)),
      ],
    });
    expect(kernel).toEqual(at("old", 9));
    const wanted = [coinKeyOf(txidOf("cb"), 0), coinKeyOf(txidOf("cb"), 8)];
    for (const name of ["cs", "pay"]) wanted.push(coinKeyOf(txidOf(name), 0));
    wanted.push(coinKeyOf(txidOf("old"), 8));
    expect([...keys].sort()).toEqual(wanted.sort());
  });

  it("name no kernel in a block without a coinstake", () => {
    expect(coinNeeds({ transactions: [tx("cb", [COINBASE], pay(1))] }).kernel).toBeUndefined();
    const two = [tx("cb", [COINBASE], pay(1)), tx("pay", [at("old", 0)], pay(1))];
    expect(coinNeeds({ transactions: two }).kernel).toBeUndefined();
  });
});

describe("the coins of a view", () => {
  const view: View = growView(genesisTip({ hash: hashOf("a0"), work: 0n }).tip, {
    height: 1,
    hash: hashOf("a1"),
    work: 1n,
  });
  const first = { hash: hashOf("a1"), height: height(1) };
  const made = marksOf({ transactions: [tx("x", [COINBASE], pay(10))] }, first, EXOS);
  const items = new Map<CoinKey, CoinItem>(made.map((one) => [one.key, addMarks(undefined, one)]));
  const keyOf = (index: number) => coinKeyOf(txidOf("x"), index);
  const read = (indexes: readonly number[], overlay?: ReadonlyMap<CoinKey, CoinItem>) => {
    const keys = indexes.map(keyOf);
    const source = {
      view,
      items: readItems(
        keys,
        keys.map((key) => items.get(key)),
      ),
    };
    return coinsReader({
      ...source,
      frozen: NOTHING_FROZEN,
      ...(overlay === undefined ? {} : { overlay }),
    });
  };

  it("are found by outpoint, and beyond what any transaction has there is none", () => {
    const coins = read([0, 8]);
    expect(coins.coin(at("x", 9))).toMatchObject({ value: 10n, height: 1, kind: "coinbase" });
    expect(coins.coin(at("x", 10))).toBeUndefined();
    expect(coins.coin(at("x", OUTPUTS_MAX))).toBeUndefined();
    expect(coins.coin(at("x", 0xffff_ffff))).toBeUndefined();
  });

  it("are not guessed where an item was not read", () => {
    expect(() => read([0]).coin(at("x", 9))).toThrow(RangeError);
    expect(() => read([]).hasUnspent(txidOf("x"))).toThrow(RangeError);
  });

  it("count every item that was read of a transaction as part of it", () => {
    const spendAll = (key: CoinKey, spent: number) =>
      addMarks(undefined, { key, mark: { ...first }, created: undefined, spent });
    expect(read([0]).hasUnspent(txidOf("x"))).toBe(true);
    expect(read([8]).hasUnspent(txidOf("x"))).toBe(true);
    expect(read([0, 8]).hasUnspent(txidOf("x"))).toBe(true);
    const gone = new Map([[keyOf(0), spendAll(keyOf(0), 0xff)]]);
    expect(read([0], gone).hasUnspent(txidOf("x"))).toBe(false);
    expect(read([0, 8], gone).hasUnspent(txidOf("x"))).toBe(true);
    const all = new Map([...gone, [keyOf(8), spendAll(keyOf(8), 3)]]);
    expect(read([0, 8], all).hasUnspent(txidOf("x"))).toBe(false);
    expect(read([0, 8], all).coin(at("x", 9))).toBeUndefined();
  });

  it("know nothing of an item whose maker has not come, or is on another branch", () => {
    const key = keyOf(0);
    const only = addMarks(undefined, { key, mark: first, created: undefined, spent: 1 });
    const other = addMarks(undefined, {
      key,
      mark: { ...first, hash: hashOf("b1") },
      created: made[0]?.created,
      spent: 0,
    });
    for (const item of [only, other]) {
      const source = { view, items: readItems([key], [item]), frozen: NOTHING_FROZEN };
      expect(coinsReader(source).hasUnspent(txidOf("x"))).toBe(false);
      expect(coinsReader(source).coin(at("x", 0))).toBeUndefined();
    }
  });

  it("ask for the whole transaction of a kernel only when its own output is not unspent", () => {
    const needs = (index: number) => ({ keys: [], kernel: at("x", index) });
    const coins = read([0, 8]);
    expect(kernelInDoubt(needs(0), coins)).toBeUndefined();
    expect(kernelInDoubt(needs(10), coins)).toEqual(txidOf("x"));
    expect(kernelInDoubt({ keys: [], kernel: undefined }, coins)).toBeUndefined();
  });
});

describe("a coin key", () => {
  it("is 34 bytes both ways, ordered by outpoint", () => {
    const key = coinKeyOfChunk(txidOf("x"), 0x1234);
    expect(decodeCoinKey(encodeCoinKey(key))).toBe(key);
    expect(chunkOf(key)).toBe(0x1234);
    expect(coinKeyOf(txidOf("x"), 8 * 255) < coinKeyOf(txidOf("x"), 8 * 256)).toBe(true);
  });

  it("is refused for another length, or a chunk beyond u16", () => {
    expect(() => decodeCoinKey(new Uint8Array(33))).toThrow(RangeError);
    expect(() => coinKeyOfChunk(new Uint8Array(31) as Hash256, 0)).toThrow(RangeError);
    expect(() => coinKeyOf(txidOf("x"), OUTPUTS_MAX)).toThrow(RangeError);
    expect(chunkOf(coinKeyOf(txidOf("x"), OUTPUTS_MAX - 1))).toBe(0xffff);
  });
});
