import { expect, it } from "vitest";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { mineTwoBranches, runReorgs } from "../support/reorg-depths.ts";
import { sharedValidator } from "../support/shared-validator.ts";

const DEPTH_MAX = exosRegtest.consensus.reorgBlocksMax;

/** @source cloud.md 16, bar 3 */
it("a reorganisation of every depth that is followed is one write of the tip", async () => {
  const deps = sharedValidator(exosRegtest, unixSeconds(1_800_000_000));
  const chain = await mineTwoBranches(DEPTH_MAX + 1);
  const depths = Array.from({ length: DEPTH_MAX }, (_, at) => at + 1);
  for await (const seen of runReorgs(deps, chain, depths)) {
    expect(seen).toEqual({ depth: seen.depth, commits: 1, strange: [], followed: true });
  }
  const tip = await deps.coins.tip();
  if (tip?.mu === undefined) throw new RangeError("the tip carries no totals");
  expect(RunningTotals.decode("exos", tip.mu).totals()).toEqual(await deps.coins.totals(tip));
});
