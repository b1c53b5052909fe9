import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockWork } from "#shared/consensus/block-work.ts";
import { decodeCompact } from "#shared/consensus/decode-compact.ts";
import { encodeCompact } from "#shared/consensus/encode-compact.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exos } from "#shared/consensus/networks/exos.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { nextBits } from "#shared/consensus/next-bits.ts";
import { retarget } from "#shared/consensus/retarget.ts";
import { compactBits, unixSeconds } from "#shared/primitives/brand.ts";
import { parentRecord, point } from "../../support/header-makers.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { loadVectors } from "../../support/vectors.ts";

interface CompactCase {
  readonly target: string;
  readonly compact: string;
  readonly decoded: string;
}

interface RetargetCase {
  readonly name: string;
  readonly firstTime: number;
  readonly secondTime: number;
  readonly firstBits: string;
  readonly limitHex: string;
  readonly expectedTargetHex: string;
  readonly expectedBits: string;
}

const vectors = loadVectors<{
  readonly compactBits: { readonly cases: readonly CompactCase[] };
  readonly retargetUnit: { readonly cases: readonly RetargetCase[] };
}>("exos-vectors.json");

const number = (hex: string): bigint => BigInt(`0x${hex}`);
const bitsOf = (hex: string) => compactBits(Number.parseInt(hex, 16));

describe.skipIf(vectors === undefined)("targets of the vectors", () => {
  const cases = vectors?.compactBits.cases ?? [];
  it.each(cases)("$target encodes to $compact", ({ target, compact, decoded }) => {
    expect(encodeCompact(number(target))).toBe(bitsOf(compact));
    expect(decodeCompact(bitsOf(compact))).toBe(number(decoded));
  });

  const retargets = vectors?.retargetUnit.cases ?? [];
  it.each(retargets)("$name retargets to $expectedBits", (row) => {
    const bits = retarget({
      last: point(Number.parseInt(row.firstBits, 16), row.firstTime),
      previousTime: unixSeconds(row.secondTime),
      spacingSeconds: 64,
      limit: number(row.limitHex),
    });
    expect(bits).toBe(bitsOf(row.expectedBits));
    expect(decodeCompact(bits)).toBe(number(row.expectedTargetHex));
  });

  it("are all run", () => {
    reportVectors({ name: "exos-vectors.json#compactBits", run: cases.length });
    reportVectors({ name: "exos-vectors.json#retargetUnit", run: retargets.length });
    expect(cases.length).toBeGreaterThan(9);
    expect(retargets.length).toBeGreaterThan(9);
  });
});

describe("a compact target", () => {
  it.each([
    [0x00000000, 0n],
    [0x01003456, 0n],
    [0x01123456, 0x12n],
    [0x02123456, 0x1234n],
    [0x03123456, 0x123456n],
    [0x04123456, 0x12345600n],
    [0x03800000, -0x800000n],
    [0x04ffffff, -0x100n],
  ])("%i stands for %s", (bits, target) => {
    expect(decodeCompact(compactBits(bits))).toBe(target);
  });

  it.each([-1, 0x1_0000_0000, 1.5])("is no %d", (bits) => {
    expect(() => decodeCompact(compactBits(bits))).toThrow(RangeError);
  });

  it("is never made of a negative number", () => {
    expect(() => encodeCompact(-1n)).toThrow(RangeError);
    expect(encodeCompact(0n)).toBe(0);
  });

  it("loses all but three bytes, and nothing more, above 2^16", () => {
    fc.assert(
      fc.property(fc.bigInt(1n << 16n, (1n << 256n) - 1n), (target) => {
        const decoded = decodeCompact(encodeCompact(target));
        expect(decoded <= target).toBe(true);
        expect(encodeCompact(decoded)).toBe(encodeCompact(target));
        expect((target - decoded) * (1n << 15n) < target).toBe(true);
      }),
    );
  });
});

describe("the work of a header", () => {
  it.each([
    [0x207fffff, 2n],
    [0x1d00ffff, 0x100010001n],
    [0x00000000, 0n],
    [0x03800000, 0n],
    [0x21010000, 0n],
    [0x2100ffff, 1n],
  ])("of bits %i is %s", (bits, work) => {
    expect(blockWork(compactBits(bits))).toBe(work);
  });
});

describe("the next bits", () => {
  const { consensus } = exos;
  const two = [point(0x1d00ffff, 1064), point(0x1d00aaaa, 1000)];

  it("are the limit for the first two blocks of a kind", () => {
    const none = parentRecord({ last: { work: [], stake: [] } });
    const one = parentRecord({ last: { work: two.slice(0, 1), stake: two.slice(0, 1) } });
    for (const parent of [none, one]) {
      expect(nextBits(parent, "work", consensus)).toBe(0x1e0fffff);
      expect(nextBits(parent, "stake", consensus)).toBe(0x1b00ffff);
    }
  });

  it("retarget each kind by its own last two blocks and limit", () => {
    const parent = parentRecord({ last: { work: two, stake: [] } });
    expect(nextBits(parent, "work", consensus)).toBe(0x1d00ffff);
    expect(nextBits(parent, "stake", consensus)).toBe(0x1b00ffff);
    const other = parentRecord({ last: { work: [], stake: two } });
    expect(nextBits(other, "stake", consensus)).toBe(0x1b00ffff);
  });

  it("stay where a network does not retarget", () => {
    const parent = parentRecord({ last: { work: two, stake: two } });
    expect(nextBits(parent, "work", exosRegtest.consensus)).toBe(0x1d00ffff);
    expect(nextBits(parent, "stake", exosRegtest.consensus)).toBe(0x1d00ffff);
    expect(nextBits(parent, "stake", bitcoinRegtest.consensus)).toBe(0x1d00ffff);
  });

  it("fall by a sixteenth at most and rise to the bound of ten spacings", () => {
    const at = (time: number) =>
      retarget({
        last: point(0x1c00ffff, time),
        previousTime: unixSeconds(1000),
        spacingSeconds: 64,
        limit: consensus.work.limit,
      });
    const base = decodeCompact(compactBits(0x1c00ffff));
    const cut = (target: bigint) => decodeCompact(encodeCompact(target));
    expect(decodeCompact(at(1001))).toBe(cut((base * 898n) / 1024n));
    expect(at(1640)).toBe(at(1641));
    expect(at(1639)).not.toBe(at(1640));
    expect(decodeCompact(at(1640))).toBe(cut((base * 2176n) / 1024n));
    expect(at(1000)).toBe(at(1064));
    expect(at(999)).toBe(at(1064));
  });

  it("take the limit where the target falls to nothing", () => {
    const bits = retarget({
      last: point(0x00000000, 1001),
      previousTime: unixSeconds(1000),
      spacingSeconds: 64,
      limit: consensus.work.limit,
    });
    expect(bits).toBe(0x1e0fffff);
  });
});
