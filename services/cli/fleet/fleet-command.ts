import { FLEET_OPTIONS, type FleetOption } from "./fleet-options.ts";

/** Names of options in the order in which help tells of them. */
const NAMES = Object.keys(FLEET_OPTIONS) as readonly FleetOption[];

/** A verb of a fleet as it is typed; what is not said is left out, and so is the environment `prod`. */
export function fleetCommand(
  verb: string,
  options: Readonly<Partial<Record<FleetOption, string | undefined>>>,
): string {
  const said = NAMES.flatMap((name) => {
    const value = options[name];
    const isDefault = name === "environment" && value === "prod";
    return value === undefined || isDefault ? [] : [`--${name} ${value}`];
  });
  return ["exos fleet", verb, ...said].join(" ");
}
