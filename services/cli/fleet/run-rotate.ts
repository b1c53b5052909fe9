import { DEPLOYMENT } from "#regions/deployment.ts";
import { citiesOf } from "#regions/fleet.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";
import { EDGE_KEY } from "#shared/fleet/edge-stamp.ts";
import { composeRotation } from "./compose-rotation.ts";
import { environmentOf } from "./environment-of.ts";
import { rotateSecret } from "./rotate-secret.ts";

const USAGE = `exos fleet rotate ${EDGE_KEY}`;

/**
 * `exos fleet rotate edge-key`: a new key for the edge and for every AWS city behind it, without
 * refusing a caller. All cities at once: one that was left out would refuse the edge.
 */
export async function runRotate(
  context: CommandContext,
  [name, ...more]: readonly string[],
): Promise<ExitCode> {
  const { options, terminal, json, signal, environment } = context;
  if (name !== EDGE_KEY || more.length > 0) {
    throw usageFailure(`fleet rotate takes the name of a secret: ${EDGE_KEY}`, USAGE);
  }
  if (options["city"] !== undefined || options["wave"] !== undefined) {
    throw usageFailure("the edge has one key: all cities change it together", USAGE);
  }
  const fleet = environmentOf(context);
  // Cities outside AWS answer everybody, and hold no key.
  const cities = citiesOf(fleet).filter(({ edge, host }) => edge && host.kind === "aws");
  if (cities.length === 0) {
    throw new CommandFailure(`no city of ${fleet} on AWS is behind the edge`, {
      code: "EXOS-E8003",
      exit: EXIT.usage,
    });
  }
  const say = (line: string) => terminal.err(line);
  const deps = await composeRotation(
    { environment, signal, fleet, cities, edge: true, deployment: DEPLOYMENT, say },
    cities,
  );
  await rotateSecret(deps);
  const codes = cities.map(({ code }) => code);
  if (json) {
    const document = { schema: "exos.fleet-rotate.v1", secret: name, cities: codes };
    terminal.out(JSON.stringify(document));
    return EXIT.done;
  }
  terminal.out(`The edge and ${codes.join(" ")} have a new key.`);
  return EXIT.done;
}
