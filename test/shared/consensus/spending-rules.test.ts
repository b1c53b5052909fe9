import { describe, expect, it } from "vitest";
import { openBlockCoins } from "#shared/consensus/block-coins.ts";
import { blockReward } from "#shared/consensus/block-reward.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exos } from "#shared/consensus/networks/exos.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { checkAgeLocks } from "#shared/consensus/rules/check-age-locks.ts";
import { checkColdStake, type SpentOutput } from "#shared/consensus/rules/check-cold-stake.ts";
import { checkFee } from "#shared/consensus/rules/check-fee.ts";
import { checkInputTime } from "#shared/consensus/rules/check-input-time.ts";
import { checkInputValue } from "#shared/consensus/rules/check-input-value.ts";
import { checkMaturity } from "#shared/consensus/rules/check-maturity.ts";
import { checkPaysForOutputs } from "#shared/consensus/rules/check-pays-for-outputs.ts";
import { checkStakeReward, checkWorkReward } from "#shared/consensus/rules/check-reward.ts";
import { checkScripts } from "#shared/consensus/rules/check-scripts.ts";
import { checkSigopCost } from "#shared/consensus/rules/check-sigop-cost.ts";
import { findSpentCoins } from "#shared/consensus/rules/find-spent-coins.ts";
import { sigopCost } from "#shared/consensus/sigop-cost.ts";
import { hash160, sha256 } from "#shared/crypto/hashes.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import type { Coin, CoinKind } from "#shared/primitives/coin.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import {
  buildTransaction,
  madeUpOutpoint,
  output,
  type Spend,
} from "../../support/block-builder.ts";
import { parentRecord } from "../../support/header-makers.ts";
import { MemoryCoins } from "../../support/memory-coins.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { loadVectors } from "../../support/vectors.ts";

const { consensus } = exosRegtest;
const MOST = 2n ** 63n - 1n;
const EMPTY = output(0n, new Uint8Array(0));

function coin(change: Partial<Coin> = {}): Coin {
  return {
    value: amount(1000n),
    scriptPubKey: Uint8Array.of(0x51),
    time: unixSeconds(1000),
    height: height(10),
    kind: "ordinary",
    ...change,
  };
}

describe("maturity", () => {
  it.each([
    ["ordinary", 0, undefined],
    ["coinbase", 9, "bad-txns-premature-spend-of-coinbase"],
    ["coinbase", 10, undefined],
    ["coinstake", 9, "bad-txns-premature-spend-of-coinstake"],
    ["coinstake", 10, undefined],
  ] as const)("of a coin of kind %s at depth %i: %s", (kind: CoinKind, depth, code) => {
    expect(checkMaturity(coin({ kind }), height(10 + depth), consensus)?.code).toBe(code);
  });
});

describe("an input", () => {
  it("is no newer than its transaction", () => {
    const judge = (time: number) =>
      checkInputTime(coin({ time: unixSeconds(1000) }), { time: unixSeconds(time) })?.code;
    expect(judge(1000)).toBeUndefined();
    expect(judge(999)).toBe("bad-txns-early-timestamp");
  });

  it.each([
    [0n, 0n, undefined],
    [MOST, MOST, undefined],
    [-1n, 0n, "bad-txns-inputvalues-outofrange"],
    [MOST + 1n, MOST, "bad-txns-inputvalues-outofrange"],
    [1n, MOST + 1n, "bad-txns-inputvalues-outofrange"],
  ])("of %s with a sum of %s: %s", (value, sum, code) => {
    expect(checkInputValue(value, sum, consensus)?.code).toBe(code);
  });
});

describe("a transaction's money", () => {
  it("pays for its outputs", () => {
    expect(checkPaysForOutputs(5n, 5n)).toBeUndefined();
    expect(checkPaysForOutputs(4n, 5n)?.code).toBe("bad-txns-in-belowout");
  });

  it.each([
    [0n, undefined],
    [MOST, undefined],
    [-1n, "bad-txns-fee-negative"],
    [MOST + 1n, "bad-txns-fee-outofrange"],
  ])("leaves a fee of %s: %s", (fee, code) => {
    expect(checkFee(fee, consensus)?.code).toBe(code);
  });
});

describe("a reward", () => {
  const COIN = 100_000_000n;
  it.each([
    [1, "work", 12n * COIN],
    [2, "work", 300_000_000n * COIN],
    [2, "stake", 300_000_000n * COIN],
    [3, "work", 12n * COIN],
    [45_000, "stake", COIN],
  ] as const)("at %i by %s is %s", (at, kind, reward) => {
    expect(blockReward(height(at), kind, exos.consensus)).toBe(reward);
  });

  it.each([
    [149, 5_000_000_000n],
    [150, 2_500_000_000n],
    [299, 2_500_000_000n],
    [300, 1_250_000_000n],
    [150 * 33, 0n],
    [150 * 64, 0n],
  ])("halves: at %i it is %s", (at, reward) => {
    expect(blockReward(height(at), "work", bitcoinRegtest.consensus)).toBe(reward);
    expect(blockReward(height(at), "stake", bitcoinRegtest.consensus)).toBe(reward);
  });

  it("and the fees are the most that a block mints", () => {
    const at = (minted: bigint) => ({ height: height(5), fees: amount(7n), minted });
    expect(checkWorkReward(at(12n * COIN + 7n), consensus)).toBeUndefined();
    expect(checkWorkReward(at(12n * COIN + 8n), consensus)?.code).toBe("bad-cb-amount");
    expect(checkStakeReward(at(COIN + 7n), consensus)).toBeUndefined();
    expect(checkStakeReward(at(COIN + 8n), consensus)?.code).toBe("bad-cs-amount");
  });
});

describe("signature operations", () => {
  it("cost 20,000 at most", () => {
    expect(checkSigopCost(20_000, consensus)).toBeUndefined();
    expect(checkSigopCost(20_001, consensus)?.code).toBe("bad-blk-sigops");
  });

  it("behind a script hash cost as much as others, those in a witness a unit", () => {
    const redeem = Uint8Array.of(0xac, 0xac);
    const hashed = Uint8Array.of(0xa9, 20, ...hash160(redeem), 0x87);
    const program = Uint8Array.of(0, 32, ...sha256(redeem));
    const spends: readonly Spend[] = [
      {
        outpoint: madeUpOutpoint(1),
        coin: coin({ scriptPubKey: hashed }),
        scriptSig: Uint8Array.of(2, ...redeem),
      },
      { outpoint: madeUpOutpoint(2), coin: coin({ scriptPubKey: program }), witness: [redeem] },
    ];
    const outputs = [output(1n, Uint8Array.of(0xac))];
    const params = { ...bitcoinRegtest.consensus };
    const tx = buildTransaction({ inputs: spends, outputs }, params);
    const spent = spends.map((spend) => spend.coin);
    expect(sigopCost(tx, spent, ScriptFlags.WITNESS, params)).toBe((1 + 2) * 4 + 2);
    expect(sigopCost(tx, spent, ScriptFlags.NONE, params)).toBe((1 + 2) * 4);
    expect(sigopCost(tx, [], ScriptFlags.WITNESS, params)).toBe(4);
  });
});

describe("locks by age", () => {
  const BY_TIME = 0x0040_0000;
  const DISABLED = 0x8000_0000;
  const parent = parentRecord({ height: 99, times: [50_000] });
  const judge = (sequence: number, version = 2, coinHeight = 90) => {
    const held = coin({ height: height(coinHeight) });
    const inputs = [{ outpoint: madeUpOutpoint(1), coin: held, sequence }];
    const tx = buildTransaction({ inputs, version, outputs: [EMPTY] }, consensus);
    const asked: number[] = [];
    const medianTimeAt = (at: number) => {
      asked.push(at);
      return unixSeconds(40_000);
    };
    return { code: checkAgeLocks(tx, [held], { parent, medianTimeAt })?.code, asked };
  };

  it.each([
    [10, 2, undefined],
    [11, 2, "bad-txns-nonfinal"],
    [11, 1, undefined],
    [11 + DISABLED, 2, undefined],
    [0, 2, undefined],
    [0x10000 + 10, 2, undefined],
    [BY_TIME + 19, 2, undefined],
    [BY_TIME + 20, 2, "bad-txns-nonfinal"],
  ])("of sequence %i in version %i: %s", (sequence, version, code) => {
    expect(judge(sequence, version).code).toBe(code);
  });

  it("count from the block before the coin's, and ask for nothing else", () => {
    expect(judge(BY_TIME + 1).asked).toEqual([89]);
    expect(judge(BY_TIME + 1, 2, 0).asked).toEqual([0]);
    expect(judge(5).asked).toEqual([]);
  });

  it("do not hold a coin without an input", () => {
    const tx = buildTransaction({ inputs: [], version: 2 }, consensus);
    const env = { parent, medianTimeAt: () => unixSeconds(0) };
    expect(checkAgeLocks(tx, [coin()], env)).toBeUndefined();
  });
});

describe("outcomes of scripts", () => {
  const job = (number: number) => {
    const inputs = [{ outpoint: madeUpOutpoint(number), coin: coin() }];
    const tx = buildTransaction({ inputs, outputs: [EMPTY] }, consensus);
    return { tx, prevouts: [coin()], flags: 0 };
  };
  const right = { error: undefined, coldStake: false };

  it("all have to be right, and the first that is not is named", () => {
    const jobs = [job(1), job(2), job(3)];
    expect(checkScripts(jobs, [right, right, right])).toBeUndefined();
    expect(checkScripts([], [])).toBeUndefined();
    const found = checkScripts(jobs, [right, { ...right, error: "B" }, { ...right, error: "C" }]);
    expect(found?.code).toBe("bad-txns-script-failed");
    expect(found?.detail["error"]).toBe("B");
    expect(checkScripts(jobs, [right, right])?.detail["error"]).toBe("NotRun");
  });
});

describe("the coins of a block", () => {
  const params = consensus;
  const base = new MemoryCoins(params);
  const first = { outpoint: madeUpOutpoint(1), coin: coin() };
  base.add(first.outpoint, first.coin);
  const outputs = [output(1n, Uint8Array.of(1)), output(0n, Uint8Array.of(0x6a, 1)), EMPTY];
  const tx = buildTransaction({ inputs: [first], outputs, time: unixSeconds(5) }, params);

  it("are what was there, less what was spent, and what was made but for OP_RETURN", () => {
    const coins = openBlockCoins(base, height(50), params);
    expect(coins.coin(first.outpoint)).toEqual(first.coin);
    expect(findSpentCoins(tx, coins)).toEqual({ ok: true, value: [first.coin] });
    coins.apply(tx);
    expect(coins.coin(first.outpoint)).toBeUndefined();
    expect(base.coin(first.outpoint)).toEqual(first.coin);
    expect(coins.coin({ txid: tx.txid, index: 0 })).toEqual({
      value: 1n,
      scriptPubKey: Uint8Array.of(1),
      time: 5,
      height: 50,
      kind: "ordinary",
    });
    expect(coins.coin({ txid: tx.txid, index: 1 })).toBeUndefined();
    expect(coins.coin({ txid: tx.txid, index: 2 })?.value).toBe(0n);
    const again = findSpentCoins(tx, coins);
    expect(again.ok ? undefined : again.error.code).toBe("bad-txns-inputs-missingorspent");
  });
});

describe("cold staking", () => {
  const names = loadVectors<{
    readonly coldStaking: { readonly "ruleCases(PosColdStakingRuleTest.cs)": readonly string[] };
  }>("exos-vectors.json")?.coldStaking["ruleCases(PosColdStakingRuleTest.cs)"];
  const script = Uint8Array.of(1, 2, 3);
  const keyOutput = output(0n, Uint8Array.of(0x6a, 2, 7, 7));
  const spent = [coin({ scriptPubKey: script }), coin({ scriptPubKey: script })];
  const right = [EMPTY, keyOutput, output(1500n, script), output(500n, script)];

  function judge(outputs = right, coins: readonly SpentOutput[] = spent): string | undefined {
    const inputs: readonly Spend[] = [1, 2].map((at) => ({
      outpoint: madeUpOutpoint(at),
      coin: coin(),
    }));
    const tx: HashedTransaction = buildTransaction({ inputs, outputs }, consensus);
    return checkColdStake(tx, coins)?.code;
  }

  /** The cases of the reference's own test, by their names; one needs the whole judge. */
  const CASES: readonly (readonly [string, () => string | undefined, string | undefined])[] = [
    ["PosColdStakeValidBlockDoesNotThrowExceptionAsync", () => judge(), undefined],
    [
      "PosColdStakeWithMismatchingScriptPubKeyInputsThrowExceptionAsync",
      () => judge(right, [spent[0], coin()]),
      "bad-coldstake-inputs",
    ],
    [
      "PosColdStakeWithMismatchingScriptPubKeyOutputsThrowExceptionAsync",
      () => judge([...right, output(1n, Uint8Array.of(9))]),
      "bad-coldstake-outputs",
    ],
    [
      "PosColdStakeWithBadSecondOutputThrowExceptionAsync",
      () => judge([EMPTY, output(0n, script), output(2000n, script)]),
      "bad-coldstake-outputs",
    ],
    [
      "PosColdStakeWithOutputsExceedingInputsThrowExceptionAsync",
      () => judge([EMPTY, keyOutput, output(1999n, script)]),
      "bad-coldstake-amount",
    ],
    [
      "PosCoinStakeWhichHasInputsWithoutOutputsThrowExceptionAsync",
      () => judge(right, [spent[0]]),
      "bad-coldstake-inputs",
    ],
  ];

  it.each(CASES)("%s", (_name, found, code) => {
    expect(found()).toBe(code);
  });

  it.each([
    ["keeps all it had", [EMPTY, keyOutput, output(2000n, script)], undefined],
    [
      "gives its key output a value",
      [EMPTY, output(1n, keyOutput.scriptPubKey), output(2000n, script)],
      "bad-coldstake-outputs",
    ],
    ["has no output of a key", [EMPTY], "bad-coldstake-outputs"],
  ])("%s", (_name, outputs, code) => {
    expect(judge(outputs)).toBe(code);
  });

  it("has no script to keep where nothing was recorded", () => {
    expect(judge(right, [])).toBe("bad-coldstake-inputs");
  });

  it.skipIf(names === undefined)("covers the reference's cases by name", () => {
    const ordinary = "PosCoinStakeWhichIsNotColdCoinStakeDoesNotThrowExceptionAsync";
    expect([...CASES.map(([name]) => name), ordinary].sort()).toEqual([...(names ?? [])].sort());
    reportVectors({ name: "exos-vectors.json#coldStaking (rule)", run: names?.length ?? 0 });
  });
});
