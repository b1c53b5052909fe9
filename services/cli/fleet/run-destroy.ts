import { DEPLOYMENT } from "#regions/deployment.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { chosenCities } from "./chosen-cities.ts";
import { composeFleet } from "./compose-fleet.ts";
import { environmentOf } from "./environment-of.ts";

/** `exos fleet destroy --city CITY --confirm CITY`: remove its stacks, and say what stays. */
export async function runDestroy(context: CommandContext): Promise<ExitCode> {
  const { options, terminal, json } = context;
  const fleet = environmentOf(context);
  const [city, ...more] = chosenCities(fleet, context);
  if (city === undefined || more.length > 0) {
    throw new CommandFailure("one city is destroyed at a time: --city CITY", {
      code: "EXOS-E8007",
      exit: EXIT.usage,
    });
  }
  if (city.host.kind !== "aws") {
    const { provider } = city.host;
    const message = `${city.code} is no city on AWS: no stacks deploy it; end its machine at ${provider}`;
    throw new CommandFailure(message, { code: "EXOS-E8003", exit: EXIT.usage });
  }
  if (options["confirm"] !== city.code) {
    throw new CommandFailure(`this removes ${city.name} from ${fleet}`, {
      code: "EXOS-E8007",
      exit: EXIT.needsConfirmation,
    });
  }
  const say = (line: string) => terminal.err(line);
  const tools = await composeFleet({ ...context, fleet, deployment: DEPLOYMENT, say });
  await tools.destroy(city.code);
  const left = await tools.survivors(city.code);
  if (json) {
    terminal.out(JSON.stringify({ schema: "exos.fleet-destroy.v1", city: city.code, left }));
    return EXIT.done;
  }
  terminal.out(`${city.name} is removed from ${fleet}.`);
  terminal.out(
    left.length === 0 ? "Nothing of it is left." : "Left, because it is kept on purpose:",
  );
  for (const name of left) terminal.out(`  ${name}`);
  return EXIT.done;
}
