import { describe, expect, it } from "vitest";
import { kernelHash } from "#shared/consensus/kernel-hash.ts";
import { exos } from "#shared/consensus/networks/exos.ts";
import { exosTest } from "#shared/consensus/networks/exos-test.ts";
import { checkKernel } from "#shared/consensus/rules/check-kernel.ts";
import { checkStakeDepth } from "#shared/consensus/rules/check-stake-depth.ts";
import { stakeDepth } from "#shared/consensus/stake-depth.ts";
import { isModifierKnown, stakeModifier } from "#shared/consensus/stake-modifier.ts";
import {
  amount,
  compactBits,
  type HashHex,
  height,
  unixSeconds,
} from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex, zeroHash } from "#shared/primitives/hash.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { loadVectors } from "../../support/vectors.ts";

interface KernelCase {
  readonly height: number;
  readonly bits: string;
  readonly prevStakeModifierV2: HashHex;
  readonly prevTxTime: number;
  readonly prevoutHash: HashHex;
  readonly prevoutN: number;
  readonly prevoutValue: number;
  readonly txTime: number;
  readonly hashProofOfStake: string;
  readonly nextStakeModifierV2: string;
  readonly valid: boolean;
}

interface DepthCase {
  readonly net: "main" | "test";
  readonly prevHeight: number;
  readonly expected: number;
}

const vectors = loadVectors<{
  readonly kernels: { readonly cases: readonly KernelCase[] };
  readonly stakeModifierUnit: {
    readonly cases: readonly {
      readonly prevModifier: HashHex;
      readonly kernel: HashHex;
      readonly expected: string;
    }[];
  };
  readonly stakeDepthUnit: {
    readonly cases: readonly DepthCase[];
    readonly "isConfirmedInNPrevBlocks(true = too young)": readonly {
      readonly refHeight: number;
      readonly coinHeight: number;
      readonly targetDepth: number;
      readonly result: boolean;
    }[];
  };
}>("exos-vectors.json");

const STAKES = { main: exos.consensus.stake, test: exosTest.consensus.stake };

describe.skipIf(vectors === undefined)("stake vectors", () => {
  const kernels = vectors?.kernels.cases ?? [];
  it.each(kernels)("the kernel of height $height is judged $valid", (row) => {
    const kernel = {
      modifier: fromHashHex(row.prevStakeModifierV2),
      prevout: { txid: fromHashHex(row.prevoutHash), index: row.prevoutN },
      stakeTime: unixSeconds(row.txTime),
    };
    const coin = { time: unixSeconds(row.prevTxTime), value: amount(BigInt(row.prevoutValue)) };
    expect(toHashHex(kernelHash({ ...kernel, coinTime: coin.time }))).toBe(row.hashProofOfStake);
    const found = checkKernel(kernel, coin, compactBits(Number.parseInt(row.bits, 16)));
    expect(found === undefined).toBe(row.valid);
    const next = stakeModifier(kernel.prevout.txid, kernel.modifier);
    expect(toHashHex(next)).toBe(row.nextStakeModifierV2);
  });

  const modifiers = vectors?.stakeModifierUnit.cases ?? [];
  it.each(modifiers)("the modifier of $kernel after $prevModifier is as pinned", (row) => {
    const next = stakeModifier(fromHashHex(row.kernel), fromHashHex(row.prevModifier));
    expect(toHashHex(next)).toBe(row.expected);
  });

  const depths = vectors?.stakeDepthUnit.cases ?? [];
  it.each(depths)("a kernel after $prevHeight on $net needs $expected and one", (row) => {
    const stake = STAKES[row.net];
    expect(stake && stakeDepth(height(row.prevHeight + 1), stake)).toBe(row.expected + 1);
  });

  const ages = vectors?.stakeDepthUnit["isConfirmedInNPrevBlocks(true = too young)"] ?? [];
  it.each(ages)("a coin of $coinHeight after $refHeight is too young: $result", (row) => {
    const depth = [{ from: height(0), blocks: row.targetDepth + 1 }];
    const coin = { height: height(row.coinHeight) };
    const found = checkStakeDepth(coin, height(row.refHeight + 1), { depth });
    expect(found?.code).toBe(row.result ? "invalid-stake-depth" : undefined);
  });

  it("are all run", () => {
    reportVectors({ name: "exos-vectors.json#kernels", run: kernels.length });
    reportVectors({ name: "exos-vectors.json#stakeModifierUnit", run: modifiers.length });
    reportVectors({
      name: "exos-vectors.json#stakeDepthUnit",
      run: depths.length + ages.length,
    });
    expect(kernels.length).toBe(21);
    expect(modifiers.length).toBe(3);
    expect(depths.length + ages.length).toBe(7);
  });
});

describe("a kernel", () => {
  const kernel = {
    modifier: zeroHash(),
    prevout: { txid: zeroHash(), index: 0 },
    stakeTime: unixSeconds(1600),
  };
  const hash = kernelHash({ ...kernel, coinTime: unixSeconds(1600) });
  const proof = BigInt(`0x${toHashHex(hash)}`);
  // A target of one, so that the coin's value is the whole product.
  const one = compactBits(0x03000001);

  it("meets a product equal to its hash, and no smaller one", () => {
    const at = (value: bigint) =>
      checkKernel(kernel, { time: unixSeconds(1600), value: amount(value) }, one)?.code;
    expect(at(proof)).toBeUndefined();
    expect(at(proof - 1n)).toBe("proof-of-stake-hash-invalid-target");
  });

  it("is no older than its coin", () => {
    const at = (time: number) =>
      checkKernel(kernel, { time: unixSeconds(time), value: amount(2n ** 300n) }, one)?.code;
    expect(at(1600)).toBeUndefined();
    expect(at(1601)).toBe("stake-time-violation");
  });

  it("has no depth to keep where a network names none", () => {
    expect(stakeDepth(height(5), { depth: [] })).toBe(0);
  });
});

describe("a stake modifier", () => {
  it("of zero is known at genesis alone", () => {
    expect(isModifierKnown(zeroHash(), 0)).toBe(true);
    expect(isModifierKnown(zeroHash(), 1)).toBe(false);
    expect(isModifierKnown(stakeModifier(zeroHash(), zeroHash()), 1)).toBe(true);
  });
});
