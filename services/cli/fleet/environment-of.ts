import { ENVIRONMENTS, type EnvironmentName } from "#regions/environment.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { usageFailure } from "#services/cli/failure.ts";

/** The environment that a command speaks of; `prod` unless said. */
export function environmentOf({ options }: Pick<CommandContext, "options">): EnvironmentName {
  const name = options["environment"] ?? "prod";
  const found = (Object.keys(ENVIRONMENTS) as EnvironmentName[]).find((known) => known === name);
  if (found !== undefined) return found;
  const known = Object.keys(ENVIRONMENTS).join(", ");
  throw usageFailure(`there is no environment "${name}"; there are ${known}`, "--environment NAME");
}
