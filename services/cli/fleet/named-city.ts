import type { City } from "#regions/city.ts";
import type { EnvironmentName } from "#regions/environment.ts";
import { citiesOf } from "#regions/fleet.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";
import { unknownCity } from "./chosen-cities.ts";

/**
 * The city on AWS that a command's first word names.
 *
 * @param usage how the command is written, for whoever left the word out
 * @throws CommandFailure `EXOS-E8001` for a city that is none, `EXOS-E8003` for one outside AWS
 */
export function namedCity(fleet: EnvironmentName, code: string | undefined, usage: string): City {
  if (code === undefined) throw usageFailure("a city is missing", usage);
  const city = citiesOf(fleet).find((one) => one.code === code);
  if (city === undefined) throw unknownCity(code, fleet);
  if (city.host.kind !== "aws") {
    throw new CommandFailure(`${city.name} is no city on AWS`, {
      code: "EXOS-E8003",
      exit: EXIT.usage,
    });
  }
  return city;
}

/**
 * The one word of a command that takes a city and nothing else.
 *
 * @param usage how the command is written, such as `exos fleet gc CITY`
 * @throws CommandFailure as `namedCity`, and for a word too many
 */
export function onlyCity(
  fleet: EnvironmentName,
  [code, ...more]: readonly string[],
  usage: string,
): City {
  const city = namedCity(fleet, code, usage);
  if (more.length === 0) return city;
  const [, ...verb] = usage.split(" ", 3);
  throw usageFailure(`${verb.join(" ")} takes no "${more.join(" ")}"`, usage);
}
