import { describe, expect, it } from "vitest";
import { futureDrift } from "#shared/consensus/future-drift.ts";
import { medianTime } from "#shared/consensus/median-time.ts";
import { exos } from "#shared/consensus/networks/exos.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { checkCheckpoint } from "#shared/consensus/rules/check-checkpoint.ts";
import { checkFutureDrift } from "#shared/consensus/rules/check-future-drift.ts";
import { checkHeaderDifficulty } from "#shared/consensus/rules/check-header-difficulty.ts";
import { checkHeaderTime } from "#shared/consensus/rules/check-header-time.ts";
import { checkHeaderVersion } from "#shared/consensus/rules/check-header-version.ts";
import { checkLaterThanParent } from "#shared/consensus/rules/check-later-than-parent.ts";
import { checkParentModifier } from "#shared/consensus/rules/check-parent-modifier.ts";
import { checkProvenSizes } from "#shared/consensus/rules/check-proven-sizes.ts";
import { checkStakeTime } from "#shared/consensus/rules/check-stake-time.ts";
import { checkWorkHeight } from "#shared/consensus/rules/check-work-height.ts";
import { checkWorkTarget } from "#shared/consensus/rules/check-work-target.ts";
import { workHash } from "#shared/consensus/work-hash.ts";
import { compactBits, height, unixSeconds } from "#shared/primitives/brand.ts";
import { fromHashHex, parseHashHex, toHashHex, zeroHash } from "#shared/primitives/hash.ts";
import { fromHex } from "#shared/primitives/hex.ts";
import { parentRecord, point } from "../../support/header-makers.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { loadVectors } from "../../support/vectors.ts";

const SWITCH = unixSeconds(1_526_428_800);
const header = (time: number) => ({ time: unixSeconds(time) });

const vectors = loadVectors<{
  readonly futureDrift: { readonly cases: readonly { time: number; drift: number }[] };
  readonly checkpoints: Readonly<
    Record<"main" | "test", readonly { readonly height: number; readonly hash: string }[]>
  >;
}>("exos-vectors.json");

describe("the median time", () => {
  it.each([
    [[5], 5],
    [[5, 1], 5],
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 3],
    [[11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 6],
    [[], 0],
  ])("of %j is %i", (times, median) => {
    expect(medianTime({ times: times.map(unixSeconds) })).toBe(median);
  });
});

describe("a header's time", () => {
  const parent = parentRecord({ times: [1000, 1200, 1100] });
  const judge = (time: number, now = 1200) =>
    checkHeaderTime(header(time), { parent, now: unixSeconds(now) });

  it("is above the median of its ancestors", () => {
    expect(judge(1101)).toBeUndefined();
    expect(judge(1100)?.code).toBe("time-too-old");
  });

  it("is at most two hours ahead of the clock, until which it is refused", () => {
    expect(judge(8400)).toBeUndefined();
    const found = judge(8401);
    expect(found?.code).toBe("time-too-new");
    expect(found?.effect).toBe("until");
    expect(found?.detail["until"]).toBe(1201);
  });

  it("is above its parent's", () => {
    expect(checkLaterThanParent(header(1101), parent)).toBeUndefined();
    expect(checkLaterThanParent(header(1100), parent)?.code).toBe("block-timestamp-to-early");
  });
});

describe("the future drift", () => {
  const cases = vectors?.futureDrift.cases ?? [];
  it.skipIf(vectors === undefined)("is that of the vectors on both sides of the switch", () => {
    for (const { time, drift } of cases) expect(futureDrift(unixSeconds(time), SWITCH)).toBe(drift);
    reportVectors({ name: "exos-vectors.json#futureDrift", run: cases.length });
    expect(cases.length).toBe(2);
  });

  it.each([
    [SWITCH + 1, SWITCH + 16, undefined],
    [SWITCH + 1, SWITCH + 17, "block-timestamp-to-far"],
    [SWITCH, SWITCH + 460_800, undefined],
    [SWITCH, SWITCH + 460_801, "block-timestamp-to-far"],
  ])("at %i lets pass %i: %s", (now, time, code) => {
    const found = checkFutureDrift(header(time), unixSeconds(now), SWITCH);
    expect(found?.code).toBe(code);
    expect(found?.effect).toBe(code === undefined ? undefined : "until");
  });

  it("names the time until which a header is refused by the header's own drift", () => {
    const found = checkFutureDrift(header(SWITCH + 460_801), SWITCH, SWITCH);
    expect(found?.detail["until"]).toBe(SWITCH + 460_801 - 15);
  });
});

describe("a header's target where only stake is legal", () => {
  const { consensus } = exos;
  const stake = consensus.stake;
  if (stake === undefined) throw new RangeError("exos has stake");
  const two = [point(0x1a00ffff, 1064), point(0x1a00ffff, 1000)];
  const judge = (bits: number, at: number, params = stake, last = two) =>
    checkHeaderDifficulty(
      { bits: compactBits(bits) },
      parentRecord({ height: at - 1, last: { work: [], stake: last } }),
      consensus,
      params,
    )?.code;

  it("follows from the last two, from the third block after the last work", () => {
    expect(judge(0x1a00ffff, 45_003)).toBeUndefined();
    expect(judge(0x1a00fffe, 45_003)).toBe("bad-diffbits");
    expect(judge(0x1a00fffe, 45_002)).toBeUndefined();
  });

  it("may be spelled in another way", () => {
    expect(judge(0x1b0000ff, 45_003)).toBe("bad-diffbits");
    const spelled = [point(0x1a00ff00, 1064), point(0x1a00ff00, 1000)];
    expect(judge(0x1b0000ff, 45_003, stake, spelled)).toBeUndefined();
  });

  it("is not asked without retargeting, nor before there are two", () => {
    expect(judge(0, 45_003, { ...stake, retarget: false })).toBeUndefined();
    expect(judge(0, 45_003, stake, two.slice(0, 1))).toBeUndefined();
    expect(judge(0, 45_003, stake, [])).toBeUndefined();
  });
});

describe("a header's version", () => {
  it.each([
    [7, 7, undefined],
    [6, 7, "bad-version"],
    [-1, 7, "bad-version"],
    [4, 4, undefined],
    [3, 4, "bad-version"],
  ])("%i where %i is asked: %s", (version, least, code) => {
    expect(checkHeaderVersion({ version }, least)?.code).toBe(code);
  });
});

describe("the parts of a proven header", () => {
  const right = { merkleProof: 512, coinstake: 1_000_000, signature: 80 };
  it("are within their sizes", () => {
    expect(checkProvenSizes(right)).toBeUndefined();
  });
  it.each([
    ["merkleProof", "proven-header-merkle-proof-size"],
    ["coinstake", "proven-header-coinstake-size"],
    ["signature", "proven-header-signature-size"],
  ] as const)("fail for a byte more of %s", (part, code) => {
    expect(checkProvenSizes({ ...right, [part]: right[part] + 1 })?.code).toBe(code);
  });
});

describe("proof of work", () => {
  const { consensus } = exosRegtest;
  const stake = { lastWorkHeight: height(45_000) };

  it("ends at the last height of work", () => {
    expect(checkWorkHeight(height(45_000), stake)).toBeUndefined();
    expect(checkWorkHeight(height(45_001), stake)?.code).toBe("proof-of-work-too-high");
  });

  it("meets a target equal to its hash, and no smaller one", () => {
    const bytes = new Uint8Array(80);
    const hash = BigInt(`0x${toHashHex(workHash({ bytes }, consensus))}`);
    // Three significant bytes of the hash: the largest target below it, and the next.
    const size = Math.ceil(hash.toString(16).length / 2);
    const mantissa = Number(hash >> BigInt(8 * (size - 2)));
    const bits = (value: number) => compactBits((size + 1) * 0x100_0000 + value);
    const judge = (value: number) => checkWorkTarget({ bytes, bits: bits(value) }, consensus)?.code;
    expect(judge(mantissa)).toBe("high-hash");
    expect(judge(mantissa + 1)).toBeUndefined();
  });

  it.each([0, 0x03800000, 0x21010000])("never meets bits %i, which are no target", (bits) => {
    const judged = checkWorkTarget(
      { bytes: new Uint8Array(80), bits: compactBits(bits) },
      consensus,
    );
    expect(judged?.code).toBe("high-hash");
  });

  it("is the double SHA-256 where the network says so", () => {
    const work = { ...consensus.work, hash: "sha256d" as const };
    const hash = workHash({ bytes: new Uint8Array(80) }, { work });
    expect(toHashHex(hash)).toBe(
      "14508459b221041eab257d2baaa7459775ba748246c8403609eb708f0e57e74b",
    );
  });
});

describe("a coinstake's time", () => {
  it.each([
    [1600, 1600, undefined],
    [1600, 1616, "stake-time-violation"],
    [1601, 1601, "stake-time-violation"],
    [1615, 1615, "stake-time-violation"],
  ])("%i in a block of %i: %s", (time, blockTime, code) => {
    const found = checkStakeTime(header(time), header(blockTime), { timeMask: 15 });
    expect(found?.code).toBe(code);
  });
});

describe("a checkpoint", () => {
  it.skipIf(vectors === undefined)("holds its hash and refuses any other, on both networks", () => {
    const rows = vectors?.checkpoints.main ?? [];
    for (const row of rows) {
      const hex = parseHashHex(row.hash);
      if (hex === undefined) throw new RangeError(row.hash);
      const at = height(row.height);
      expect(checkCheckpoint(fromHashHex(hex), at, exos.consensus)).toBeUndefined();
      expect(checkCheckpoint(zeroHash(), at, exos.consensus)?.code).toBe("checkpoint-violation");
      expect(checkCheckpoint(zeroHash(), height(row.height + 1), exos.consensus)).toBeUndefined();
    }
    const { main, test } = vectors?.checkpoints ?? { main: [], test: [] };
    reportVectors({ name: "exos-vectors.json#checkpoints", run: main.length + test.length });
    expect(rows.length).toBe(31);
  });
});

describe("the parent of a proven header", () => {
  const parent = { hash: toHashHex(zeroHash()), height: height(1), stakeModifier: zeroHash() };
  const known = {
    ...parent,
    stakeModifier: fromHex("01".repeat(32)) as typeof parent.stakeModifier,
  };

  it("is the one it names, and its modifier is known", () => {
    expect(checkParentModifier({ prev: zeroHash() }, known)).toBeUndefined();
    expect(checkParentModifier({ prev: known.stakeModifier }, known)?.code).toBe(
      "proven-header-invalid-previous-header",
    );
    expect(checkParentModifier({ prev: zeroHash() }, parent)?.code).toBe(
      "proven-header-invalid-previous-header-stake-modifier",
    );
  });
});
