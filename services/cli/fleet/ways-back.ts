import type { DeployRecord } from "./deploy-ports.ts";
import { type DeployState, givenNow, isUnderWay } from "./deploy-state.ts";

/** Cities that go back from one release to another. */
export interface WayBack {
  readonly leaves: string;
  readonly version: string;
  readonly cities: readonly string[];
}

/** Which cities are to go back. */
export interface BackWanted {
  readonly cities: readonly string[];
  /** Named one by one or by their wave; else those go back that run the last release. */
  readonly isNamed: boolean;
}

/** The release that is taken back by who names no cities. */
const lastRelease = ({ leaves, version }: DeployState): string => leaves ?? version;

/**
 * What a rollback does next: it goes on with one that was killed half way, else it takes those back that
 * came from one release to another, so that the next call finds the others.
 *
 * @returns `undefined` when none of these cities has a way back any more
 */
function nextWayBack(state: DeployState, { cities, isNamed }: BackWanted): WayBack | undefined {
  const { leaves, version } = state;
  if (isUnderWay(state) && leaves !== null) return { leaves, version, cities: state.waves.flat() };
  const ways = cities.flatMap((city) => {
    const { release, before } = givenNow(state)[city] ?? {};
    if (release === undefined || before == null) return [];
    return isNamed || release === lastRelease(state) ? [{ city, release, before }] : [];
  });
  const [first] = ways;
  if (first === undefined) return undefined;
  const alike = ways.filter(
    ({ release, before }) => release === first.release && before === first.before,
  );
  return {
    leaves: first.release,
    version: first.before,
    cities: alike.map(({ city }) => city),
  };
}

/**
 * Take cities back, those that go to different releases one after the other. Killed anywhere, the same
 * call goes on: what is written down names those that did not go back yet.
 *
 * @returns those that went
 */
export async function takeBack(
  wanted: BackWanted,
  {
    record,
    bring,
  }: {
    readonly record: Pick<DeployRecord, "read">;
    /** Resolves when all of them are there, and throws otherwise. */
    bring(way: WayBack, state: DeployState): Promise<void>;
  },
): Promise<ReadonlySet<string>> {
  const moved = new Set<string>();
  for (;;) {
    const state = (await record.read())?.state;
    const way = state && nextWayBack(state, wanted);
    if (state === undefined || way === undefined) return moved;
    await bring(way, state);
    for (const city of way.cities) moved.add(city);
  }
}

/** Why cities do not go back, for people; a line for those of which the same is true. */
export function whyNoWayBack(state: DeployState | undefined, cities: readonly string[]): string[] {
  const given = state === undefined ? {} : givenNow(state);
  const last = state === undefined ? undefined : lastRelease(state);
  const reasons = Map.groupBy(cities, (city) => {
    const { release, before } = given[city] ?? {};
    if (release === undefined) return "nothing is written down of what ran there";
    if (before === null) return `nothing is known that ran before ${release}`;
    return `${last} was not deployed there; --city or --wave takes ${release} back to ${before}`;
  });
  return [...reasons].map(([reason, ones]) => `${ones.join(" ")}: ${reason}`);
}
