/**
 * `node test/sim/chain-state-run.ts [seeds] [first] [large]`: the model of chain state over many
 * seeds with a window of 12 blocks, over some with the 500 of the chain, one for each thousand but
 * at least two, over as many that end in a reorganisation of all 500, then every mutant up to its
 * first failing seed. Exit code 1 when a seed fails, is not that deep, or a mutant survives.
 * @module
 */
import {
  DEEP,
  firstFailing,
  LARGE,
  type ModelRun,
  type ModelShape,
  runModel,
  SMALL,
} from "./chain-model.ts";
import { MUTANTS } from "./chain-world.ts";

const seeds = Number(process.argv[2] ?? 300);
const first = Number(process.argv[3] ?? 1);
const large = Number(process.argv[4] ?? Math.max(2, Math.ceil(seeds / 1_000)));

/** @returns how many seeds failed */
function runSeeds(count: number, shape: ModelShape): number {
  const started = performance.now();
  const runs: ModelRun[] = [];
  let failed = 0;
  for (let seed = first; seed < first + count; seed++) {
    const run = runModel(seed, undefined, shape);
    runs.push(run);
    const failures = [...run.failures];
    if (run.deepest < (shape.deep ?? 0))
      failures.push("no reorganisation is as deep as it should be");
    if (failures.length === 0) continue;
    failed++;
    process.stdout.write(`seed ${seed} fails\n  ${failures.join("\n  ")}\n`);
  }
  const sum = (pick: (run: ModelRun) => number): number =>
    runs.reduce((all, run) => all + pick(run), 0);
  const seconds = (performance.now() - started) / 1_000;
  process.stdout.write(
    `window ${shape.window}: ${count} seeds from ${first} in ${seconds.toFixed(1)} s: ` +
      `${sum(({ commits }) => commits)} commits, ${sum(({ reorgs }) => reorgs)} reorgs to depth ` +
      `${Math.max(0, ...runs.map(({ deepest }) => deepest))}, ${sum(({ verdicts }) => verdicts)} ` +
      `verdicts, ${sum(({ reads }) => reads)} reads, ${sum(({ doubles }) => doubles)} late doubles, ` +
      `${sum(({ switches }) => switches)} generation switches, ${failed} failures\n`,
  );
  return failed;
}

let failed = runSeeds(seeds, SMALL) + runSeeds(large, LARGE) + runSeeds(large, DEEP);
for (const mutant of MUTANTS) {
  const seed = firstFailing(mutant);
  process.stdout.write(
    `mutant ${mutant.padEnd(10)} first failing seed ${seed ?? "none up to 200"}\n`,
  );
  if (seed === undefined) failed++;
}
process.exitCode = failed === 0 ? 0 : 1;
