import { describe, expect, it } from "vitest";
import { coinKind } from "#shared/consensus/coin-kind.ts";
import { judgeTransaction } from "#shared/consensus/judge-transaction.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { checkEmptyOutputs } from "#shared/consensus/rules/check-empty-outputs.ts";
import { checkTransactionSize } from "#shared/consensus/rules/check-transaction-size.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import type { HashedTransaction, TxInput } from "#shared/primitives/transaction.ts";
import { madeUpOutpoint, output } from "../../support/block-builder.ts";

const EMPTY = output(0n, new Uint8Array(0));
const SOME = output(1n, Uint8Array.of(0x51));

const spend = (number: number): TxInput => ({
  prevout: madeUpOutpoint(number),
  scriptSig: new Uint8Array(0),
  sequence: 0,
  witness: [],
});

const nothing = (scriptBytes: number): TxInput => ({
  ...spend(0),
  prevout: { txid: zeroHash(), index: 0xffff_ffff },
  scriptSig: new Uint8Array(scriptBytes),
});

/** A transaction that no wire has carried. */
function tx(change: Partial<HashedTransaction>): HashedTransaction {
  return {
    version: 1,
    time: unixSeconds(0),
    inputs: [spend(1)],
    outputs: [SOME],
    lockTime: 0,
    txid: zeroHash(),
    wtxid: zeroHash(),
    sizeStripped: 100,
    sizeTotal: 100,
    raw: new Uint8Array(100),
    ...change,
  };
}

const MOST = 2n ** 63n - 1n;

describe("a transaction", () => {
  it.each([
    ["of one input and one output", {}, undefined],
    ["without inputs", { inputs: [] }, "bad-txns-vin-empty"],
    ["without inputs and outputs", { inputs: [], outputs: [] }, "bad-txns-vin-empty"],
    ["without outputs", { outputs: [] }, "bad-txns-vout-empty"],
    ["of a million bytes", { sizeStripped: 1_000_000 }, undefined],
    ["of one byte more", { sizeStripped: 1_000_001 }, "bad-txns-oversize"],
    ["with a large witness", { sizeTotal: 1_000_001 }, undefined],
    ["that pays nothing", { outputs: [output(0n, Uint8Array.of(1))] }, undefined],
    [
      "that pays less than nothing",
      { outputs: [output(-1n, Uint8Array.of(1))] },
      "bad-txns-vout-negative",
    ],
    ["that pays all the money", { outputs: [output(MOST, Uint8Array.of(1))] }, undefined],
    [
      "that pays more",
      { outputs: [output(MOST + 1n, Uint8Array.of(1))] },
      "bad-txns-vout-toolarge",
    ],
    ["that pays all in two", { outputs: [output(MOST - 1n, Uint8Array.of(1)), SOME] }, undefined],
    [
      "that pays more in two",
      { outputs: [output(MOST, Uint8Array.of(1)), SOME] },
      "bad-txns-txouttotal-toolarge",
    ],
    ["that spends two coins", { inputs: [spend(1), spend(2)] }, undefined],
    [
      "that spends one twice",
      { inputs: [spend(1), spend(2), spend(1)] },
      "bad-txns-inputs-duplicate",
    ],
    [
      "that spends nothing beside a coin",
      { inputs: [spend(1), nothing(2)] },
      "bad-txns-prevout-null",
    ],
    [
      "that spends output 0xffffffff of a real transaction",
      { inputs: [{ ...spend(1), prevout: { ...madeUpOutpoint(1), index: 0xffff_ffff } }] },
      undefined,
    ],
    ["that is a coinbase of script length 1", { inputs: [nothing(1)] }, "bad-cb-length"],
    ["that is a coinbase of script length 2", { inputs: [nothing(2)] }, undefined],
    ["that is a coinbase of script length 100", { inputs: [nothing(100)] }, undefined],
    ["that is a coinbase of script length 101", { inputs: [nothing(101)] }, "bad-cb-length"],
  ] as const)("%s", (_name, change, code) => {
    expect(judgeTransaction(tx(change), exosRegtest.consensus)?.code).toBe(code);
  });

  it("names its first fault in the reference's order", () => {
    const bad = tx({ sizeStripped: 2_000_000, outputs: [output(-1n, Uint8Array.of(1))] });
    expect(judgeTransaction(bad, exosRegtest.consensus)?.code).toBe("bad-txns-oversize");
    expect(checkTransactionSize(bad, bitcoinRegtest.consensus)?.code).toBe("bad-txns-oversize");
  });
});

describe("an empty output", () => {
  it.each([
    ["in an ordinary transaction", { outputs: [SOME, EMPTY] }, "user-txout-empty"],
    ["alone in one", { outputs: [EMPTY] }, "user-txout-empty"],
    ["in a coinbase", { inputs: [nothing(2)], outputs: [EMPTY] }, undefined],
    ["in a coinstake", { outputs: [EMPTY, SOME, EMPTY] }, undefined],
    ["that is none: a script", { outputs: [SOME, output(0n, Uint8Array.of(1))] }, undefined],
    ["that is none: a value", { outputs: [SOME, output(1n, new Uint8Array(0))] }, undefined],
  ] as const)("%s", (_name, change, code) => {
    expect(checkEmptyOutputs(tx(change))?.code).toBe(code);
  });
});

describe("the kind of a coin", () => {
  it("is its transaction's shape, and a coinstake only where stake is", () => {
    const { consensus } = exosRegtest;
    expect(coinKind(tx({ inputs: [nothing(2)] }), consensus)).toBe("coinbase");
    expect(coinKind(tx({}), consensus)).toBe("ordinary");
    const stake = tx({ outputs: [EMPTY, SOME] });
    expect(coinKind(stake, consensus)).toBe("coinstake");
    expect(coinKind(stake, bitcoinRegtest.consensus)).toBe("ordinary");
  });
});
