import { expect, it } from "vitest";
import { FleetWorld } from "./fleet-world.ts";

it.each([
  [1, 5, 24],
  [7, 3, 40],
])("a fleet in bad weather ends on one tip, seed %i", async (seed, cities, rounds) => {
  const world = new FleetWorld(seed, cities);
  await world.storm(rounds);
  const outcome = await world.settle(30);
  await world.stop();
  const { tips, muhashes, pools, failures, banned, mined, height } = outcome;
  expect(failures).toEqual([]);
  expect([tips.size, muhashes.size, pools.size, banned]).toEqual([1, 1, 1, 0]);
  expect(height).toBeGreaterThan(17);
  expect(mined).toBeGreaterThanOrEqual(height);
});
