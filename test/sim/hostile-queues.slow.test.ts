import { expect, it } from "vitest";
import { hostileScenario, runHostileCity } from "./hostile-queues.ts";

const CITIES = 3;
/** A busy machine takes ten times what a quiet one does. */

it(`${CITIES} cities end on one tip, whatever their queues, workers and blocks do`, async () => {
  const scenario = await hostileScenario();
  const sum: Record<string, number> = {};
  for (let seed = 1; seed <= CITIES; seed++) {
    const { count, failures, ...end } = await runHostileCity(seed, scenario);
    const again = `seed ${seed}: node test/sim/hostile-queues-run.ts 1 ${seed}`;
    expect(failures, again).toEqual([]);
    expect(end, again).toEqual(scenario.end);
    for (const [name, value] of Object.entries(count)) sum[name] = (sum[name] ?? 0) + value;
  }
  process.stdout.write(`hostile queues, ${CITIES} cities: ${JSON.stringify(sum)}\n`);
  // Queues that do nothing prove nothing.
  for (const name of ["lost", "doubled", "dropped", "killed", "frozen", "lostRaces", "alarms"]) {
    expect(sum[name], name).toBeGreaterThan(0);
  }
});

it("gives the same run for the same seed", async () => {
  const scenario = await hostileScenario();
  expect(await runHostileCity(2, scenario)).toEqual(await runHostileCity(2, scenario));
});
