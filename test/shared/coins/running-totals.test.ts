import { describe, expect, it } from "vitest";
import { coinKeyOf } from "#shared/coins/coin-key.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import { setHashElement } from "#shared/coins/set-hash.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import type { Coin, CoinKind } from "#shared/primitives/coin.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { BigintMuHash } from "../../support/bigint-muhash.ts";
import { txidOf } from "../../support/coin-chain.ts";

const coin = (at: number, kind: CoinKind = "ordinary"): Coin => ({
  value: amount(BigInt(at) * 1_000n),
  scriptPubKey: new Uint8Array(at % 300).fill(at),
  time: unixSeconds(1_700_000_000),
  height: height(at),
  kind,
});
const outpoint = { txid: txidOf("x"), index: 3 };

describe("the bytes of a coin in the set hash", () => {
  it.each([
    { kind: "ordinary", word: "1c000000" },
    { kind: "coinbase", word: "1d000000" },
    { kind: "coinstake", word: "1e000000" },
  ] as const)("name height and kind $kind, then the time, on EXOS networks", ({ kind, word }) => {
    const hex = toHex(setHashElement("exos", outpoint, coin(7, kind)));
    expect(hex.slice(64)).toBe(`03000000${word}00f15365581b0000000000000707070707070707`);
  });

  it.each([
    { kind: "ordinary", word: "0e000000" },
    { kind: "coinbase", word: "0f000000" },
  ] as const)("are Bitcoin Core's on its networks, $kind", ({ kind, word }) => {
    const hex = toHex(setHashElement("bitcoin", outpoint, coin(7, kind)));
    expect(hex.slice(64)).toBe(`03000000${word}581b0000000000000707070707070707`);
  });
});

describe("running totals", () => {
  it("are those of what is left, whatever the order and the halves in between", () => {
    let totals = RunningTotals.empty("exos");
    const plain = new BigintMuHash();
    for (let at = 1; at <= 40; at++) {
      const key = coinKeyOf(outpoint.txid, at * 5);
      totals.add(key, { slot: (at * 5) % 8, added: true, coin: coin(at) });
      if (at % 3 === 0) totals.add(key, { slot: (at * 5) % 8, added: false, coin: coin(at) });
      else plain.insert(setHashElement("exos", { ...outpoint, index: at * 5 }, coin(at)));
      if (at === 20) totals = RunningTotals.decode("exos", totals.encode());
    }
    const sum = Array.from({ length: 40 }, (_, at) => (at % 3 === 2 ? 0 : (at + 1) * 1_000));
    expect(totals.totals()).toEqual({
      coins: 27,
      supply: BigInt(sum.reduce((a, b) => a + b, 0)),
      scriptBytes: sum.reduce((a, b) => a + b / 1_000, 0),
      muhash: plain.digest(),
    });
  });
});
