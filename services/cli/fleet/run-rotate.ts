import { citiesOf } from "#regions/fleet.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";
import { EDGE_KEY } from "#shared/fleet/edge-stamp.ts";
import { askedFleet } from "./asked-fleet.ts";
import { composeRotation } from "./compose-rotation.ts";
import { afterLines, beforeLines } from "./rotate-machines.ts";
import { rotateSecret } from "./rotate-secret.ts";

const USAGE = `exos fleet rotate ${EDGE_KEY} [--confirm ${EDGE_KEY}]`;

/**
 * `exos fleet rotate edge-key`: a new key for the edge and for every city behind it, without refusing
 * a caller. All cities at once: one that was left out would refuse the edge. Machines outside AWS
 * hold it in a file that only their operator writes: he is told what to write, and goes on by
 * `--confirm`.
 */
export async function runRotate(
  context: CommandContext,
  [name, ...more]: readonly string[],
): Promise<ExitCode> {
  const { options, terminal, json } = context;
  if (name !== EDGE_KEY || more.length > 0) {
    throw usageFailure(`fleet rotate takes the name of a secret: ${EDGE_KEY}`, USAGE);
  }
  const asked = askedFleet(context);
  const { fleet, deployment } = asked;
  const behind = citiesOf(fleet).filter(({ edge }) => edge);
  const cities = behind.filter(({ host }) => host.kind === "aws");
  const machines = behind.filter(({ host }) => host.kind === "external");
  const [first] = cities;
  if (first === undefined) {
    throw new CommandFailure(`no city of ${fleet} on AWS is behind the edge`, {
      code: "EXOS-E8003",
      exit: EXIT.usage,
    });
  }
  const told = options["confirm"] === name ? "told" : "untold";
  const others = machines.length === 0 ? "none" : told;
  const place = { machines, fleet, first, deployment };
  const { state } = await rotateSecret(await composeRotation(asked, { cities, others }));
  if (state === "others") {
    for (const line of beforeLines(place)) terminal.err(line);
    throw new CommandFailure(`when they have it: exos fleet rotate ${name} --confirm ${name}`, {
      code: "EXOS-E8010",
      exit: EXIT.needsConfirmation,
    });
  }
  const codes = cities.map(({ code }) => code);
  if (json) {
    const outside = machines.map(({ code }) => code);
    const document = { schema: "exos.fleet-rotate.v1", secret: name, cities: codes, outside };
    terminal.out(JSON.stringify(document));
    return EXIT.done;
  }
  terminal.out(`The edge and ${codes.join(" ")} have a new key.`);
  for (const line of afterLines(place)) terminal.out(line);
  return EXIT.done;
}
