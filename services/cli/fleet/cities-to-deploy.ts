import type { City } from "#regions/city.ts";
import type { EnvironmentName } from "#regions/environment.ts";
import { citiesOf } from "#regions/fleet.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { chosenCities } from "./chosen-cities.ts";

/**
 * The chosen cities. Those outside AWS follow one channel a wave, which moves all of them or none, and
 * wants a key to sign it.
 *
 * @throws CommandFailure naming what is missing
 */
export function citiesToDeploy(
  fleet: EnvironmentName,
  context: Pick<CommandContext, "options">,
): readonly City[] {
  const cities = chosenCities(fleet, context);
  const external = cities.filter(({ host }) => host.kind === "external");
  const follow = citiesOf(fleet).filter(
    ({ host, wave }) => host.kind === "external" && external.some((one) => one.wave === wave),
  );
  const names = follow.map(({ code }) => code).join(" ");
  if (follow.length > external.length) {
    throw new CommandFailure(`${names} follow one channel: deploy all of them, or none`, {
      code: "EXOS-E8003",
      exit: EXIT.usage,
    });
  }
  checkChannelKey(cities, context);
  if (external.length > 0 && context.options["image"] !== undefined) {
    throw new CommandFailure(`${names} pull from no registry: leave --image out`, {
      code: "EXOS-E8003",
      exit: EXIT.usage,
    });
  }
  return cities;
}

/** @throws CommandFailure where a city outside AWS is among them, and nothing to sign its channel with */
export function checkChannelKey(
  cities: readonly City[],
  { options }: Pick<CommandContext, "options">,
): void {
  const external = cities.filter(({ host }) => host.kind === "external");
  if (external.length === 0 || options["release-key"] !== undefined) return;
  const names = external.map(({ code }) => code).join(" ");
  throw new CommandFailure(
    `${names} follow a signed channel: --release-key FILE, or leave them out by --wave`,
    { code: "EXOS-E8003", exit: EXIT.usage },
  );
}
