import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { usageFailure } from "#services/cli/failure.ts";
import { askedFleet } from "./asked-fleet.ts";
import { composeRedrive, DEAD_QUEUES } from "./compose-redrive.ts";
import { namedCity } from "./named-city.ts";

const USAGE = `exos fleet redrive CITY [${DEAD_QUEUES.join("|")}]`;

/**
 * `exos fleet redrive CITY [QUEUE]`: back to where they came from with messages that nobody could
 * handle; of both queues unless one is named. Always safe: messages are hints.
 */
export async function runRedrive(
  context: CommandContext,
  [code, queue, ...more]: readonly string[],
): Promise<ExitCode> {
  const { terminal, json } = context;
  const asked = askedFleet(context);
  const city = namedCity(asked.fleet, code, USAGE);
  const wanted = DEAD_QUEUES.filter((one) => queue === undefined || one === queue);
  if (wanted.length === 0 || more.length > 0) {
    throw usageFailure(`there is no dead queue "${[queue, ...more].join(" ")}"`, USAGE);
  }
  const redrive = await composeRedrive(asked, city);
  const queues = [];
  for (const name of wanted) queues.push({ name, ...(await redrive(name)) });
  if (json) {
    terminal.out(JSON.stringify({ schema: "exos.fleet-redrive.v1", city: city.code, queues }));
    return EXIT.done;
  }
  for (const { name, state, messages } of queues) {
    const said = state === "started" ? "going back" : "going back since before";
    terminal.out(`${city.code} ${name}: ${messages ?? "its"} messages are ${said}`);
  }
  return EXIT.done;
}
