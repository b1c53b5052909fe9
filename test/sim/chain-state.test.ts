import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEEP, firstFailing, runModel } from "./chain-model.ts";
import { MUTANTS } from "./chain-world.ts";

const SEEDS = 60;

describe("chain state over a shared table that delays, loses and doubles", () => {
  it(`holds every invariant in ${SEEDS} runs`, () => {
    let commits = 0;
    let reorgs = 0;
    let switches = 0;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0x7fff_ffff }), (seed) => {
        const run = runModel(seed);
        commits += run.commits;
        reorgs += run.reorgs;
        switches += run.switches;
        expect(run.failures, `seed ${seed}: node test/sim/chain-state-run.ts 1 ${seed} 0`).toEqual(
          [],
        );
      }),
      { numRuns: SEEDS, seed: 20_161_121, endOnFailure: true },
    );
    // A model in which nothing happens proves nothing.
    expect(commits).toBeGreaterThan(20 * SEEDS);
    expect(reorgs).toBeGreaterThan(SEEDS);
    expect(switches).toBeGreaterThan(SEEDS / 2);
  });

  it("holds them through a reorganisation as deep as any that is followed", () => {
    const { failures, deepest } = runModel(1, undefined, DEEP);
    expect(failures).toEqual([]);
    expect(deepest).toBe(DEEP.deep);
  });

  it("gives the same run for the same seed", () => {
    expect(runModel(7)).toEqual(runModel(7));
  });

  it.each(MUTANTS)("notices the mutant `%s` within 200 seeds", (mutant) => {
    const seed = firstFailing(mutant);
    process.stdout.write(`mutant ${mutant.padEnd(10)} first failing seed ${seed}\n`);
    expect(seed).toBeDefined();
  });
});
