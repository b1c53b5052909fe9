/**
 * `node test/sim/hostile-queues-run.ts [cities] [first seed]`: cities whose queues lose, double and
 * reorder, whose workers die and freeze, and some of whose blocks are not what they seem. Exit code 1
 * when one of them does not end on the one tip.
 * @module
 */
import { hostileScenario, runHostileCity } from "./hostile-queues.ts";

const cities = Number(process.argv[2] ?? 13);
const first = Number(process.argv[3] ?? 1);
const started = performance.now();
const scenario = await hostileScenario();
const sum: Record<string, number> = {};
let failed = 0;
for (let seed = first; seed < first + cities; seed++) {
  const { hash, muhash, failures, count } = await runHostileCity(seed, scenario);
  for (const [name, value] of Object.entries(count)) sum[name] = (sum[name] ?? 0) + value;
  if (failures.length === 0 && hash === scenario.end.hash && muhash === scenario.end.muhash)
    continue;
  failed++;
  process.stdout.write(`seed ${seed}: ${hash} ${muhash} ${failures.join(", ")}\n`);
}
const seconds = ((performance.now() - started) / 1_000).toFixed(1);
const counts = Object.entries(sum).map(([name, value]) => `${name} ${value}`);
process.stdout.write(
  `${cities} cities from seed ${first} in ${seconds} s, ${failed} off the one tip: ${counts.join(", ")}\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
