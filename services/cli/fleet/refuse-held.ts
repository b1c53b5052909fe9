import { hostname, userInfo } from "node:os";
import type { EnvironmentName } from "#regions/environment.ts";
import { citiesOf } from "#regions/fleet.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";
import { type DeployState, isHeldFrom, waveOf } from "./deploy-state.ts";
import { fleetCommand } from "./fleet-command.ts";

/** Who is at it, as others are told. */
export const operatorName = (): string => `${userInfo().username}@${hostname()}`;

/** @param by the deployment that is under way */
export function refusedFailure(by: DeployState, fleet: EnvironmentName): CommandFailure {
  const { operator, version, leaves } = by;
  const [verb, doing] =
    leaves === null
      ? ["deploy", `deploys ${version}`]
      : ["rollback", `takes ${leaves} back to ${version}`];
  const ways = `\`${goesOnBy(verb, by, fleet)}\` goes on with it when he is gone, --abandon gives it up`;
  const message = `${operator} ${doing} in ${waveOf(by).join(" ")}: ${ways}`;
  return new CommandFailure(message, { code: "EXOS-E8005" });
}

/** The command for the cities of an order, and for no others. */
function goesOnBy(verb: string, { waves }: DeployState, fleet: EnvironmentName): string {
  const codes = waves.flat();
  const all = citiesOf(fleet);
  const isAll = all.every(({ code }) => codes.includes(code));
  const isSigned = all.some(({ code, host }) => host.kind === "external" && codes.includes(code));
  return fleetCommand(verb, {
    environment: fleet,
    city: isAll ? undefined : codes.join(","),
    "release-key": isSigned ? "FILE" : undefined,
  });
}

/**
 * @param city the one that is meant, where it is not the whole fleet
 * @throws CommandFailure `EXOS-E8005` while somebody else deploys it
 */
export function refuseHeld(
  state: DeployState | undefined,
  where: { readonly fleet: EnvironmentName; readonly city?: string; readonly now: UnixSeconds },
): void {
  const { fleet, city, now } = where;
  if (state === undefined || !isHeldFrom(state, operatorName(), now)) return;
  if (city === undefined || state.waves.flat().includes(city)) throw refusedFailure(state, fleet);
}
