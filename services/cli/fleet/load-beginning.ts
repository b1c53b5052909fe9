import type { City } from "#regions/city.ts";
import type { EnvironmentName } from "#regions/environment.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";
import {
  findWitnessed,
  isSame,
  type PublishedSet,
  WITNESSES_MIN,
  type WitnessDeps,
  type WitnessedSet,
} from "./find-witnessed.ts";
import { namedCity } from "./named-city.ts";

/** What a load is to begin with. */
export type Beginning =
  /** Nothing was said: the newest set that may be trusted. */
  | { readonly kind: "newest" }
  /** Every block is judged. */
  | { readonly kind: "genesis" }
  | {
      readonly kind: "city";
      readonly from: City;
      /** Set hash that the operator vouches for himself. */
      readonly trust: HashHex | undefined;
    };

/** Instead of a city, after `--from`. */
const GENESIS = "genesis";

/** What is published, and who counted what. */
export interface BeginningDeps extends WitnessDeps {
  /** The city that is loaded. */
  readonly city: string;
  /** The highest first; none of a city that is not deployed. */
  published(city: string): Promise<readonly PublishedSet[]>;
  /** Codes of cities on AWS, which publish. */
  readonly publishers: readonly string[];
  bucketOf(city: string): string;
}

/** @throws CommandFailure for what is no beginning */
export function namedBeginning(
  { from, trust }: CommandContext["options"],
  fleet: EnvironmentName,
  usage: string,
): Beginning {
  if (trust !== undefined && (from === undefined || from === GENESIS)) {
    throw usageFailure("--trust goes with --from and a city", usage);
  }
  if (from === undefined) return { kind: "newest" };
  if (from === GENESIS) return { kind: "genesis" };
  const named = trust === undefined ? undefined : parseHashHex(trust);
  if (trust !== undefined && named === undefined) {
    throw usageFailure(`--trust takes the 64 hex digits of a set hash, not ${trust}`, usage);
  }
  return { kind: "city", from: namedCity(fleet, from, usage), trust: named };
}

/**
 * What the program of the task is told of its beginning. Unless something else is named: the newest
 * set that the city published and counted itself, which needs no replay; else the newest one of
 * another city that may be trusted; else genesis.
 *
 * @param refill the city forgets its chain: what it counted itself says nothing
 * @throws CommandFailure `EXOS-E8133` where a city is named and nobody vouches for what it published
 * @source cloud.md 5.4
 */
export async function beginningWords(
  beginning: Beginning,
  refill: boolean,
  deps: BeginningDeps,
): Promise<readonly string[]> {
  if (beginning.kind === "genesis") return ["--from", GENESIS];
  if (beginning.kind === "city") return wordsFrom(beginning, deps);
  const own = refill ? undefined : await ownSet(deps);
  if (own !== undefined) {
    deps.say(`it begins with its own set at ${own.height}, ${own.muhash}`);
    return [];
  }
  const others = deps.publishers.filter((code) => code !== deps.city);
  const published = await Promise.all(others.map((code) => deps.published(code)));
  const found = await findWitnessed(published.flat(), deps);
  if (found !== undefined) return wordsOf(found, deps);
  deps.say("nothing that was published may be trusted: every block is judged from genesis");
  return ["--from", GENESIS];
}

async function wordsFrom(
  { from, trust }: Extract<Beginning, { readonly kind: "city" }>,
  deps: BeginningDeps,
): Promise<readonly string[]> {
  const words = ["--from", deps.bucketOf(from.code)];
  if (trust !== undefined) return [...words, "--trust", trust];
  if (deps.network.kind === "regtest") return words;
  const found = await findWitnessed(await deps.published(from.code), deps);
  if (found !== undefined) return wordsOf(found, deps);
  throw new CommandFailure(
    `nothing that ${from.name} published was counted alike by ${WITNESSES_MIN} cities; --trust names the set hash that you vouch for`,
    { code: "EXOS-E8133" },
  );
}

function wordsOf(
  { city, height, muhash, witnesses }: WitnessedSet,
  { bucketOf, say, network }: BeginningDeps,
): readonly string[] {
  const told = witnesses === undefined ? `of ${city}` : `counted alike by ${witnesses.join(", ")}`;
  const by = witnesses === undefined && network.kind !== "regtest" ? ", which is pinned" : "";
  say(`it begins with the set at ${height}, ${muhash}: ${told}${by}`);
  return ["--from", bucketOf(city), "--trust", muhash];
}

/** A set that the city has published and says that it counted itself. */
async function ownSet(deps: BeginningDeps): Promise<PublishedSet | undefined> {
  for (const set of await deps.published(deps.city)) {
    if (isSame(await deps.countedBy(deps.city, set.height), set)) return set;
  }
  return undefined;
}
