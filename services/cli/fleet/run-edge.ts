import { citiesOf } from "#regions/fleet.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { askedFleet } from "./asked-fleet.ts";
import { checkReleaseOptions } from "./check-release-options.ts";
import { composeFleet } from "./compose-fleet.ts";
import { deployEdge } from "./deploy-edge.ts";
import { readPrinted } from "./read-printed.ts";

/**
 * `exos fleet edge`: deploy what all cities share, with the hosts that they print. No wave: there is
 * one edge, and a change that CloudFormation undoes leaves the old one.
 *
 * @throws CommandFailure `EXOS-E8004` without a zone, `EXOS-E8008` before any city was deployed
 */
export async function runEdge(context: CommandContext): Promise<ExitCode> {
  const { terminal, json, options } = context;
  checkReleaseOptions(context);
  const asked = askedFleet(context);
  const { fleet, deployment } = asked;
  if (deployment.zone === undefined) {
    throw new CommandFailure("regions/deployment.ts lacks zone: the edge answers below it", {
      code: "EXOS-E8004",
    });
  }
  const tools = await composeFleet(asked);
  const printed = await readPrinted(fleet, tools);
  if (Object.keys(printed.origins).length === 0) {
    throw new CommandFailure("no city answers yet: deploy one first, exos fleet deploy --wave 0", {
      code: "EXOS-E8008",
      exit: EXIT.notFound,
    });
  }
  const release = options["release"];
  await deployEdge({ release, printed }, tools.edge);
  const outputs = await tools.edgeOutputs();
  if (json) {
    const { origins } = printed;
    const document = { schema: "exos.fleet-edge.v1", version: release ?? null, origins, outputs };
    terminal.out(JSON.stringify(document));
    return EXIT.done;
  }
  const absent = citiesOf(fleet).filter(
    ({ code, host }) => host.kind === "aws" && printed.origins[code] === undefined,
  );
  terminal.out(`Deployed the edge: https://${deployment.zone.name}`);
  if (absent.length > 0) {
    const codes = absent.map(({ code }) => code).join(" ");
    terminal.out(`Not behind it yet: ${codes}. Once they are deployed: exos fleet edge`);
  }
  if (printed.vector === undefined) {
    terminal.out("It has no key yet: exos fleet rotate edge-key");
    terminal.out("The next exos fleet deploy tells the cities that watch where its store is.");
  }
  return EXIT.done;
}
