import { judgeSet, type SetTrust, type ToldSet } from "#shared/coins/judge-set.ts";

/** A set that lies in a city's bucket. */
export interface PublishedSet extends ToldSet {
  /** Whose bucket. */
  readonly city: string;
}

/** What a city counted at the end of a segment. */
export type CountedSet = Pick<ToldSet, "hash" | "muhash">;

/** Where is asked. */
export interface WitnessDeps {
  readonly network: SetTrust["network"];
  /** Codes of every city, on whatever provider. */
  readonly cities: readonly string[];
  /**
   * What a city counted at the end of the segment that ends at this height.
   * @returns `undefined`: it noted nothing there, or could not be asked
   */
  countedBy(city: string, height: number): Promise<CountedSet | undefined>;
  say(line: string): void;
}

/** A set, and who stands behind it. */
export interface WitnessedSet extends PublishedSet {
  /** Cities that counted the same; `undefined`: the network pins it, or needs nobody. */
  readonly witnesses: readonly string[] | undefined;
}

/** Cities that must have counted the same. @source cloud.md 5.4 "Trust" */
export const WITNESSES_MIN = 3;

/**
 * The newest set that the network pins, or whose hash three cities came to by blocks that they judged
 * themselves; a city whose own set is only assumed notes none.
 *
 * @param published in any order
 * @returns `undefined` where there is none
 */
export async function findWitnessed(
  published: readonly PublishedSet[],
  { network, cities, countedBy, say }: WitnessDeps,
): Promise<WitnessedSet | undefined> {
  for (const set of published.toSorted((one, other) => other.height - one.height)) {
    const { height, muhash, city } = set;
    const judged = judgeSet(set, { network, trust: muhash });
    if (!judged.ok) {
      say(`the set of ${city} at ${height} is left: ${judged.error}`);
      continue;
    }
    if (judged.value === "pinned" || network.kind === "regtest") {
      return { ...set, witnesses: undefined };
    }
    const counted = await Promise.all(cities.map((city) => countedBy(city, height)));
    const witnesses = cities.filter((_, at) => isSame(counted[at], set));
    // Where one of them counted another set, a bug is nearer than a load.
    const isDisputed = counted.some((one) => one !== undefined && !isSame(one, set));
    if (witnesses.length >= WITNESSES_MIN && !isDisputed) return { ...set, witnesses };
  }
  return undefined;
}

/** For the same block, whose set it is. */
export function isSame(one: CountedSet | undefined, { hash, muhash }: CountedSet): boolean {
  return one?.hash === hash && one.muhash === muhash;
}
