/** `node test/sim/fleet-run.ts [SEEDS [CITIES [ROUNDS [FIRST]]]]`: seeded fleets, one line each. */
import { FleetWorld } from "./fleet-world.ts";

const [seeds = 20, cities = 13, rounds = 120, first = 1] = process.argv.slice(2).map(Number);
const started = performance.now();
let failed = 0;
for (let seed = first; seed < first + seeds; seed++) {
  const world = new FleetWorld(seed, cities);
  await world.storm(rounds);
  const outcome = await world.settle(60);
  await world.stop();
  const { tips, muhashes, pools, failures, banned } = outcome;
  const good =
    tips.size === 1 &&
    muhashes.size === 1 &&
    pools.size === 1 &&
    failures.length === 0 &&
    banned === 0;
  if (!good) failed++;
  const { height, mined, paid, restarts, cuts, settledSeconds } = outcome;
  process.stdout.write(
    `seed ${seed}: ${good ? "one tip" : "FAILED"}, height ${height}, ${mined} mined, ${paid} paid, ` +
      `${restarts} restarts, ${cuts} cuts, settled in ${settledSeconds} s; ` +
      `tips ${tips.size}, muhashes ${muhashes.size}, pools ${pools.size}, bans ${banned}\n`,
  );
  for (const failure of failures) process.stderr.write(`${String(failure)}\n`);
}
const seconds = ((performance.now() - started) / 1_000).toFixed(1);
process.stdout.write(`${seeds} fleets of ${cities}: ${failed} failed, ${seconds} s\n`);
process.exitCode = failed === 0 ? 0 : 1;
