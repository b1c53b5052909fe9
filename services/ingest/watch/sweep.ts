import { type DifferingCity, differencesAfter } from "#shared/fleet/differences.ts";
import { encodeHealthVector } from "#shared/fleet/health-vector.ts";
import { type CityReading, type FleetVerdict, judgeFleet } from "#shared/fleet/judge-fleet.ts";
import { rotationAfter } from "#shared/fleet/rotation.ts";
import type { CityAsker, FleetBoard } from "#shared/ports/fleet-watch.ts";
import type { CitySeen } from "#shared/ports/heartbeats.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";
import { areDifferencesTold, type TellDeps } from "./tell-differences.ts";

export interface SweepDeps extends TellDeps {
  readonly asker: CityAsker;
  readonly board: FleetBoard;
  /** Codes of every city of the fleet. */
  readonly cities: readonly string[];
}

/** How old the heights of a picture may be in which nothing else changed: each is an object put. */
const PICTURE_SECONDS = 300;

/**
 * Asks all cities, judges them, writes who is in rotation, and the picture of it, when they change,
 * and tells of whoever began to differ: each city that watches does so to its own topic.
 * @source cloud.md 7.3, 10
 */
export function createSweep({ asker, board, cities, ...told }: SweepDeps) {
  let written: string | undefined;
  let shown: { readonly standing: string; readonly at: UnixSeconds } | undefined;
  let known: readonly DifferingCity[] | undefined;
  /**
   * @param before what the sweep before found, perhaps in another process
   * @returns what this one found, and what was told of it
   */
  return async (before: readonly CitySeen[], now: UnixSeconds): Promise<CitySeen[]> => {
    const readings = await Promise.all(
      cities.map(async (city): Promise<CityReading> => ({ city, answer: await asker.ask(city) })),
    );
    const verdict = judgeFleet(readings, now);
    // First, and remembered here: also where nothing can be written of what was found.
    const last = known ?? before;
    const after = differencesAfter(last, verdict);
    known = (await areDifferencesTold({ before: last, after, verdict }, told)) ? after : last;
    const rotation = rotationAfter(before, foundOf(readings, verdict));
    const vector = encodeHealthVector(rotation);
    written ??= await board.vector();
    if (vector !== written) {
      await board.putVector(vector);
      written = vector;
    }
    const found = { readings, verdict, rotation, now };
    const standing = standingOf(found);
    if (standing !== shown?.standing || now - shown.at >= PICTURE_SECONDS) {
      await board.putPicture(pictureOf(found));
      shown = { standing, at: now };
    }
    return seenOf({ readings, verdict, differing: known, now });
  };
}

function foundOf(readings: readonly CityReading[], { cities }: FleetVerdict) {
  return cities.map(({ city, ready }, at) => ({
    city,
    ready,
    reached: readings[at]?.answer !== undefined,
  }));
}

function seenOf(found: {
  readonly readings: readonly CityReading[];
  readonly verdict: FleetVerdict;
  readonly differing: readonly DifferingCity[];
  readonly now: UnixSeconds;
}): CitySeen[] {
  const { readings, verdict, differing, now: at } = found;
  return verdict.cities.map(({ city, ready }, place) => {
    const tip = readings[place]?.answer?.tip;
    const { height, hash, muhash } = tip ?? {};
    const isKnown = height !== undefined && hash !== undefined;
    const differs = differing.find((one) => one.city === city)?.differs ?? [];
    return { city, at, ready, differs, tip: isKnown ? { height, hash, muhash } : undefined };
  });
}

interface Found {
  readonly verdict: FleetVerdict;
  readonly rotation: ReadonlyMap<string, boolean>;
  readonly now: UnixSeconds;
}

/** What of a picture is worth an object at once: reasons by name, their words are others each minute. */
function standingOf({ verdict, rotation }: Found): string {
  const cities = verdict.cities.map(({ city, ready, reasons }) => {
    return [city, ready, rotation.get(city), reasons.map(({ name }) => name)];
  });
  return JSON.stringify([cities, verdict.groups]);
}

/** What pages show of the fleet. */
function pictureOf(found: Found & { readonly readings: readonly CityReading[] }): string {
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
