import { encodeHealthVector } from "#shared/fleet/health-vector.ts";
import { type CityReading, type FleetVerdict, judgeFleet } from "#shared/fleet/judge-fleet.ts";
import { rotationAfter } from "#shared/fleet/rotation.ts";
import type { CityAsker, FleetBoard } from "#shared/ports/fleet-watch.ts";
import type { CitySeen } from "#shared/ports/heartbeats.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";

export interface SweepDeps {
  readonly asker: CityAsker;
  readonly board: FleetBoard;
  /** Codes of every city of the fleet. */
  readonly cities: readonly string[];
}

/** Asks all cities, judges them, and writes who is in rotation. @source cloud.md 7.3, 10 */
export function createSweep({ asker, board, cities }: SweepDeps) {
  let written: string | undefined;
  /** @param before what the sweep before found @returns what this one found */
  return async (before: readonly CitySeen[], now: UnixSeconds): Promise<CitySeen[]> => {
    const readings = await Promise.all(
      cities.map(async (city): Promise<CityReading> => ({ city, answer: await asker.ask(city) })),
    );
    const verdict = judgeFleet(readings, now);
    const rotation = rotationAfter(before, foundOf(readings, verdict));
    const vector = encodeHealthVector(rotation);
    written ??= await board.vector();
    if (vector !== written) {
      await board.putVector(vector);
      written = vector;
    }
    await board.putPicture(pictureOf({ readings, verdict, rotation, now }));
    return seenOf(readings, verdict, now);
  };
}

function foundOf(readings: readonly CityReading[], { cities }: FleetVerdict) {
  return cities.map(({ city, ready }, at) => ({
    city,
    ready,
    reached: readings[at]?.answer !== undefined,
  }));
}

function seenOf(
  readings: readonly CityReading[],
  { cities }: FleetVerdict,
  at: UnixSeconds,
): CitySeen[] {
  return cities.map(({ city, ready }, place) => {
    const tip = readings[place]?.answer?.tip;
    const { height, hash, muhash } = tip ?? {};
    const isKnown = height !== undefined && hash !== undefined;
    return { city, at, ready, tip: isKnown ? { height, hash, muhash } : undefined };
  });
}

/** What pages show of the fleet. */
function pictureOf(found: {
  readonly readings: readonly CityReading[];
  readonly verdict: FleetVerdict;
  readonly rotation: ReadonlyMap<string, boolean>;
  readonly now: UnixSeconds;
}): string {
  const { readings, verdict, rotation, now } = found;
  const cities = verdict.cities.map(({ city, reasons, ready }, at) => {
    const tip = readings[at]?.answer?.tip;
    return {
      city,
      ready,
      inRotation: rotation.get(city) === true,
      reasons,
      tip: tip === undefined ? null : { height: tip.height, hash: tip.hash },
    };
  });
  return JSON.stringify({ at: now, groups: verdict.groups, cities });
}
