import type { City } from "#regions/city.ts";
import { type CityNames, cityNames } from "#regions/city-names.ts";
import { type EdgeNames, edgeNames } from "#regions/edge-names.ts";
import type { EnvironmentName } from "#regions/environment.ts";

/** What whoever deploys a wave has to do with. */
export interface WaveReach {
  readonly wave: number;
  readonly account: string;
  readonly edge: EdgeNames;
  /** Cities of the wave that stand on AWS. */
  readonly cities: readonly CityNames[];
  /** Whether machines outside AWS follow the channel of the wave. */
  readonly isFollowed: boolean;
  /**
   * Cities behind the edge, whichever their wave, where this is the first wave: it builds what the
   * others are given, and a release is told what they print. `undefined` for every other wave.
   */
  readonly printing: readonly CityNames[] | undefined;
}

/** The waves of an environment in their order. @param cities all of the environment */
export function waveReaches(
  { environment, account }: { readonly environment: EnvironmentName; readonly account: string },
  cities: readonly City[],
): readonly WaveReach[] {
  const namesOf = (some: readonly City[]): readonly CityNames[] =>
    some.flatMap(({ code, host }) =>
      host.kind === "aws" ? [cityNames({ environment, account, code, region: host.region })] : [],
    );
  const waves = Map.groupBy(cities, ({ wave }) => wave);
  return [...waves]
    .toSorted(([a], [b]) => a - b)
    .map(([wave, own], at) => ({
      wave,
      account,
      edge: edgeNames(environment, account),
      cities: namesOf(own),
      isFollowed: own.some(({ host }) => host.kind === "external"),
      printing: at === 0 ? namesOf(cities.filter(({ edge }) => edge)) : undefined,
    }));
}
