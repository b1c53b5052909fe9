import type { City } from "#regions/city.ts";
import { ENVIRONMENTS, type EnvironmentName } from "#regions/environment.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { askedFleet } from "./asked-fleet.ts";
import { chosenCities } from "./chosen-cities.ts";
import { composeFleet } from "./compose-fleet.ts";
import { refuseHeld } from "./refuse-held.ts";
import type { Survivor, SurvivorKind } from "./survivor.ts";

/** What the next deployment of a city finds by its name, and goes on with. */
const TAKEN_ON: readonly SurvivorKind[] = ["table", "bucket", "repository", "log group"];

/** `exos fleet destroy --city CITY --confirm CITY`: remove its stacks, and say what stays. */
export async function runDestroy(context: CommandContext): Promise<ExitCode> {
  const { options, terminal, json } = context;
  const asked = askedFleet(context);
  const { fleet } = asked;
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
    const first = city.staking
      ? `; what it has staked is swept before, or nobody signs for it: exos fleet sweep ${city.code}`
      : "";
    throw new CommandFailure(`this removes ${city.name} from ${fleet}${first}`, {
      code: "EXOS-E8007",
      exit: EXIT.needsConfirmation,
    });
  }
  const tools = await composeFleet(asked);
  // Whoever deploys it would deploy it again.
  const state = (await tools.record.read())?.state;
  refuseHeld(state, { fleet, city: city.code, now: tools.clock.now() });
  await tools.destroy(city.code);
  const left = await tools.survivors(city.code);
  if (json) {
    const names = left.map(({ kind, name }) => `${kind} ${name}`);
    terminal.out(JSON.stringify({ schema: "exos.fleet-destroy.v1", city: city.code, left: names }));
  } else {
    for (const line of destroyedLines(city, fleet, left)) terminal.out(line);
  }
  return EXIT.done;
}

/** What was done, what is left of the city, and what comes of it when the city is deployed again. */
export function destroyedLines(
  { name }: Pick<City, "name">,
  fleet: EnvironmentName,
  left: readonly Survivor[],
): readonly string[] {
  const has = (kinds: readonly SurvivorKind[]) => left.some(({ kind }) => kinds.includes(kind));
  const isTakenOn = ENVIRONMENTS[fleet].protected && has(TAKEN_ON);
  return [
    `${name} is removed from ${fleet}.`,
    left.length === 0 ? "Nothing of it is left." : "Left:",
    ...left.map((one) => `  ${one.kind} ${one.name}`),
    ...(isTakenOn
      ? ["Deployed again, it goes on with its tables, buckets, images and logs, by their names."]
      : []),
    ...(has(["staking key"])
      ? [
          "Its staking key costs $1 a month, and holds what was not swept; deployed again, it gets another.",
        ]
      : []),
    ...(has(["address"]) ? ["Its address leads nowhere, until it is deployed again."] : []),
  ];
}
