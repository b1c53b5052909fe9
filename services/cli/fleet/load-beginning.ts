import type { City } from "#regions/city.ts";
import type { EnvironmentName } from "#regions/environment.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";
import { NETWORKS } from "#shared/consensus/networks.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";
import type { SnapshotWitness } from "./compose-loader.ts";
import { findWitnessed, WITNESSES_MIN } from "./find-witnessed.ts";
import { namedCity } from "./named-city.ts";

/** What an operator names. */
export interface NamedBeginning {
  readonly from: City;
  /** Set hash that he vouches for himself. */
  readonly trust: HashHex | undefined;
}

/** @returns `undefined` for a load that judges everything @throws CommandFailure for what is no beginning */
export function namedBeginning(
  { from, trust }: CommandContext["options"],
  fleet: EnvironmentName,
  usage: string,
): NamedBeginning | undefined {
  if (from === undefined && trust === undefined) return undefined;
  if (from === undefined) throw usageFailure("--trust goes with --from", usage);
  const named = trust === undefined ? undefined : parseHashHex(trust);
  if (trust !== undefined && named === undefined) {
    throw usageFailure(`--trust takes the 64 hex digits of a set hash, not ${trust}`, usage);
  }
  return { from: namedCity(fleet, from, usage), trust: named };
}

/**
 * The snapshot of another city that a load begins with: one that the operator vouches for, or else
 * three cities do. Networks for development need nobody.
 *
 * @returns words for the program of the task
 * @throws CommandFailure `EXOS-E8133` where nobody vouches for any
 * @source cloud.md 5.4 "Trust"
 */
export async function vouchedWords(
  { from, trust }: NamedBeginning,
  { bucket, ...deps }: SnapshotWitness,
  { network, say }: { readonly network: string; say(line: string): void },
): Promise<readonly string[]> {
  const words = ["--from", bucket];
  if (trust !== undefined) return [...words, "--trust", trust];
  if (NETWORKS[network]?.kind === "regtest") return words;
  const found = await findWitnessed(deps);
  if (found === undefined) {
    throw new CommandFailure(
      `nothing that ${from.name} published was counted alike by ${WITNESSES_MIN} cities; --trust names the set hash that you vouch for`,
      { code: "EXOS-E8133" },
    );
  }
  const { height, muhash, witnesses } = found;
  say(`the set at ${height}, ${muhash}: counted alike by ${witnesses.join(", ")}`);
  return [...words, "--trust", muhash];
}
