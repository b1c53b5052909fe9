import { describe, expect, it } from "vitest";
import { blockRules } from "#shared/consensus/block-rules.ts";
import { blockVersion } from "#shared/consensus/block-version.ts";
import {
  initialDeployments,
  isSignalling,
  nextDeployments,
} from "#shared/consensus/deployment-states.ts";
import type { DeploymentStatus } from "#shared/consensus/header-record.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exos } from "#shared/consensus/networks/exos.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Deployment } from "#shared/consensus/params.ts";
import { height, unixSeconds } from "#shared/primitives/brand.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import { parentRecord } from "../../support/header-makers.ts";

const DEPLOYMENT: Deployment = {
  name: "csv",
  bit: 3,
  start: unixSeconds(1000),
  timeout: unixSeconds(2000),
  heightMin: height(0),
};
const VOTE = 0x2000_0008;
const NO_VOTE = 0x2000_0000;

/** The state after a window of 10 headers, `votes` of which signal, that ends at a median. */
function window(
  before: DeploymentStatus["state"],
  { votes = 0, medianTime = 1500, from = 10, deployment = DEPLOYMENT } = {},
): DeploymentStatus {
  let status: readonly DeploymentStatus[] = [{ state: before, signals: 7 }];
  for (let at = 0; at < 10; at++) {
    const vote = {
      height: height(from + at),
      version: at < votes ? VOTE : NO_VOTE,
      times: [unixSeconds(medianTime)],
      before: status,
    };
    const params = { deployments: [deployment], deploymentWindow: { blocks: 10, threshold: 8 } };
    status = nextDeployments(vote, params);
    if (at < 9 && before !== "active") expect(status[0]?.state).toBe(before);
  }
  const [last] = status;
  if (last === undefined) throw new RangeError("one deployment");
  return last;
}

describe("a deployment", () => {
  it.each([
    ["defined", 999, 10, "defined"],
    ["defined", 1000, 0, "started"],
    ["defined", 1999, 0, "started"],
    ["defined", 2000, 10, "failed"],
    ["started", 1500, 7, "started"],
    ["started", 1500, 8, "lockedIn"],
    ["started", 1999, 8, "lockedIn"],
    ["started", 2000, 10, "failed"],
    ["lockedIn", 2500, 0, "active"],
    ["active", 2500, 0, "active"],
    ["failed", 1500, 10, "failed"],
  ] as const)(
    "%s at median %i with %i of 10 votes becomes %s",
    (before, medianTime, votes, after) => {
      expect(window(before, { medianTime, votes }).state).toBe(after);
    },
  );

  it("counts the votes of its window alone", () => {
    expect(window("started", { votes: 5 }).signals).toBe(5);
  });

  it("is never counted below its least height", () => {
    const deployment = { ...DEPLOYMENT, heightMin: height(20) };
    expect(window("defined", { deployment, votes: 10 })).toEqual({ state: "defined", signals: 7 });
    expect(window("defined", { deployment, votes: 10, from: 20 }).state).toBe("started");
  });

  it("that is always active stays so, whatever its other fields say", () => {
    const deployment: Deployment = { ...DEPLOYMENT, start: "always", timeout: unixSeconds(0) };
    expect(initialDeployments([deployment, DEPLOYMENT])).toEqual([
      { state: "active", signals: 0 },
      { state: "defined", signals: 0 },
    ]);
    expect(window("active", { deployment }).state).toBe("active");
  });

  it("is unknown to a network that has it no more", () => {
    const vote = { height: height(1), version: VOTE, times: [], before: [DEFINED] };
    const params = { deployments: [], deploymentWindow: { blocks: 10, threshold: 8 } };
    expect(nextDeployments(vote, params)).toEqual([DEFINED]);
  });
});

const DEFINED: DeploymentStatus = { state: "defined", signals: 0 };

describe("a version", () => {
  it.each([
    [0x2000_0008, 3, true],
    [0x2000_0008, 2, false],
    [0x3fff_ffff, 28, true],
    [0x0000_0008, 3, false],
    [0x6000_0008, 3, false],
    [-0x6000_0000 + 8, 3, false],
    [7, 0, false],
  ])("%i votes on bit %i: %s", (version, bit, votes) => {
    expect(isSignalling(version, bit)).toBe(votes);
  });

  it("of ours votes for what is started or locked in", () => {
    const states = ["started", "defined", "lockedIn", "active"] as const;
    const parent = parentRecord({ deployments: states.map((state) => ({ state, signals: 0 })) });
    expect(blockVersion(parent, exos.consensus)).toBe(0x2000_0000 | (1 << 2) | (1 << 1));
    expect(blockVersion(parentRecord({ deployments: [] }), exos.consensus)).toBe(0x2000_0000);
  });
});

describe("the rules of a block", () => {
  const always = ScriptFlags.P2SH | ScriptFlags.DERSIG | ScriptFlags.CHECKLOCKTIMEVERIFY;
  const exosWith = (...active: readonly number[]) =>
    blockRules(
      parentRecord({
        deployments: exos.consensus.deployments.map((_, index) => ({
          state: active.includes(index) ? "active" : "lockedIn",
          signals: 0,
        })),
      }),
      exos.consensus,
    );

  it("on the main network are three flags while nothing is active", () => {
    expect(exosWith()).toEqual({
      flags: always,
      isSegwitActive: false,
      isMedianTimeCutoff: false,
      isAgeLocked: false,
    });
  });

  it("take cold staking from either of its bits", () => {
    const flags = always | ScriptFlags.CHECKCOLDSTAKEVERIFY;
    expect(exosWith(0).flags).toBe(flags);
    expect(exosWith(3).flags).toBe(flags);
  });

  it("take csv without locks by age, and segwit without its dummy rule", () => {
    expect(exosWith(1, 2)).toEqual({
      flags: always | ScriptFlags.CHECKSEQUENCEVERIFY | ScriptFlags.WITNESS,
      isSegwitActive: true,
      isMedianTimeCutoff: true,
      isAgeLocked: false,
    });
  });

  it("on the networks for development are in force from the first block", () => {
    const regtest = initialDeployments(exosRegtest.consensus.deployments);
    expect(blockRules(parentRecord({ deployments: regtest }), exosRegtest.consensus).flags).toBe(
      always | ScriptFlags.CHECKCOLDSTAKEVERIFY,
    );
    const bitcoin = initialDeployments(bitcoinRegtest.consensus.deployments);
    expect(blockRules(parentRecord({ deployments: bitcoin }), bitcoinRegtest.consensus)).toEqual({
      flags: always | ScriptFlags.CHECKSEQUENCEVERIFY | ScriptFlags.WITNESS | ScriptFlags.NULLDUMMY,
      isSegwitActive: true,
      isMedianTimeCutoff: true,
      isAgeLocked: true,
    });
  });
});
