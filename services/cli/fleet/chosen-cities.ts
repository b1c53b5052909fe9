import type { City } from "#regions/city.ts";
import type { EnvironmentName } from "#regions/environment.ts";
import { citiesOf } from "#regions/fleet.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";

/**
 * The cities that a command speaks of: all of the environment, those of `--wave`, or those named by
 * `--city`, three letters each with a comma between.
 *
 * @returns one at least: what is asked of none would be found well
 * @throws CommandFailure that names the one that is none
 */
export function chosenCities(
  fleet: EnvironmentName,
  { options }: Pick<CommandContext, "options">,
): readonly City[] {
  const all = citiesOf(fleet);
  const named = options["city"]?.split(",");
  const unknown = named?.find((code) => !all.some((city) => city.code === code));
  if (unknown !== undefined) throw unknownCity(unknown, fleet);
  const wave = options["wave"];
  const waves = [...new Set(all.map((city) => city.wave))].toSorted();
  if (wave !== undefined && !waves.some((one) => one === Number(wave))) {
    throw usageFailure(`${fleet} has no wave ${wave}; it has ${waves.join(", ")}`, "--wave NUMBER");
  }
  const chosen = all.filter(
    (city) =>
      (named === undefined || named.includes(city.code)) &&
      (wave === undefined || city.wave === Number(wave)),
  );
  if (chosen.length > 0) return chosen;
  throw new CommandFailure(`wave ${wave} of ${fleet} has no city ${named?.join(" or ")}`, {
    code: "EXOS-E8001",
    exit: EXIT.notFound,
  });
}

/** What is said of a city that is none: which there are. */
export function unknownCity(code: string, fleet: EnvironmentName): CommandFailure {
  const known = citiesOf(fleet).map((city) => city.code);
  return new CommandFailure(`there is no city "${code}" in ${fleet}; it has ${known.join(" ")}`, {
    code: "EXOS-E8001",
    exit: EXIT.notFound,
  });
}

/** The same by waves, in the order of deployment. */
export function wavesOf(cities: readonly City[]): readonly (readonly City[])[] {
  return [0, 1, 2, 3]
    .map((wave) => cities.filter((city) => city.wave === wave))
    .filter(({ length }) => length > 0);
}
