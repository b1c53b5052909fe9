/**
 * `node test/sim/chain-state-run.ts [seeds] [first]`: the model of chain state over many seeds, then
 * every mutant up to its first failing seed. Exit code 1 when a seed fails or a mutant survives.
 * @module
 */
import { firstFailing, type ModelRun, runModel } from "./chain-model.ts";
import { MUTANTS } from "./chain-world.ts";

const seeds = Number(process.argv[2] ?? 300);
const first = Number(process.argv[3] ?? 1);
const started = performance.now();
const runs: ModelRun[] = [];
let failed = 0;
for (let seed = first; seed < first + seeds; seed++) {
  const run = runModel(seed);
  runs.push(run);
  if (run.failures.length === 0) continue;
  failed++;
  process.stdout.write(`seed ${seed} fails\n  ${run.failures.join("\n  ")}\n`);
}
const sum = (pick: (run: ModelRun) => number): number =>
  runs.reduce((all, run) => all + pick(run), 0);
const seconds = (performance.now() - started) / 1_000;
process.stdout.write(
  `${seeds} seeds from ${first} in ${seconds.toFixed(1)} s: ${sum(({ commits }) => commits)} commits, ` +
    `${sum(({ reorgs }) => reorgs)} reorgs to depth ${Math.max(...runs.map(({ deepest }) => deepest))}, ` +
    `${sum(({ verdicts }) => verdicts)} verdicts, ${sum(({ reads }) => reads)} reads, ` +
    `${sum(({ doubles }) => doubles)} late doubles, ${sum(({ switches }) => switches)} generation ` +
    `switches, ${failed} failures\n`,
);
for (const mutant of MUTANTS) {
  const seed = firstFailing(mutant);
  process.stdout.write(
    `mutant ${mutant.padEnd(10)} first failing seed ${seed ?? "none up to 200"}\n`,
  );
  if (seed === undefined) failed++;
}
process.exitCode = failed === 0 ? 0 : 1;
