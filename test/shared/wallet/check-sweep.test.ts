import { describe, expect, it } from "vitest";
import {
  checkSweepFee,
  checkSweepShape,
  SWEEP_INPUTS_MAX,
  sweepFee,
} from "#shared/wallet/check-sweep.ts";
import { output } from "../../support/block-builder.ts";
import { txidOf } from "../../support/coin-chain.ts";
import { OTHER } from "../../support/rich-chain.ts";

const TO = OTHER.payToHash;
const inputs = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    prevout: { txid: txidOf("coin"), index },
    scriptSig: new Uint8Array(0),
    sequence: 0xffff_ffff,
    witness: [],
  }));

describe("the shape of a sweep", () => {
  const outputs = [output(1n, TO)];

  it("is any coins, each once, to the one place", () => {
    expect(checkSweepShape({ inputs: inputs(1), outputs }, TO)).toBeUndefined();
    expect(checkSweepShape({ inputs: inputs(SWEEP_INPUTS_MAX), outputs }, TO)).toBeUndefined();
  });

  it.each([
    ["no coin", { inputs: inputs(0), outputs }],
    ["101 coins, over 100", { inputs: inputs(SWEEP_INPUTS_MAX + 1), outputs }],
    ["a coin twice", { inputs: [...inputs(1), ...inputs(1)], outputs }],
    ["0 outputs", { inputs: inputs(1), outputs: [] }],
    ["elsewhere", { inputs: inputs(1), outputs: [output(1n, OTHER.payToKey)] }],
  ])("is refused with %s", (says, tx) => {
    expect(checkSweepShape(tx, TO)).toContain(says);
  });

  it("is none where nobody fixed an address", () => {
    expect(checkSweepShape({ inputs: inputs(1), outputs }, undefined)).toContain("no address");
  });
});

describe("the fee of a sweep", () => {
  const held = 1_000_000_000n;
  const coins = (count: number) => Array.from({ length: count }, () => output(held, TO));
  const usual = (count: number) => sweepFee(coins(count), TO, "exos");
  const check = (count: number, paid: bigint) =>
    checkSweepFee({ outputs: [output(paid, TO)] }, coins(count), "exos");

  it("rises with the coins, from the least that is relayed", () => {
    expect(usual(0)).toBeGreaterThan(0n);
    expect(usual(SWEEP_INPUTS_MAX)).toBeGreaterThan(usual(1));
  });

  it.each([1, SWEEP_INPUTS_MAX])("of %i coins may be twice the usual, and not more", (count) => {
    const all = held * BigInt(count);
    expect(check(count, all)).toBeUndefined();
    expect(check(count, all - 2n * usual(count))).toBeUndefined();
    expect(check(count, all - 2n * usual(count) - 1n)).toContain("above the ceiling");
  });

  it("is none where more is paid than held, nothing is paid, or nobody is", () => {
    expect(check(1, held + 1n)).toContain("its coins hold");
    expect(check(1, 0n)).toContain("It pays 0 base units");
    expect(checkSweepFee({ outputs: [] }, coins(1), "exos")).toContain("It pays 0 base units");
  });
});
