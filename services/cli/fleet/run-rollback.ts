import type { City } from "#regions/city.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { askedFleet } from "./asked-fleet.ts";
import { bring, openTools, tell } from "./bring-release.ts";
import { chosenCities } from "./chosen-cities.ts";
import { checkChannelKey, citiesToDeploy } from "./cities-to-deploy.ts";
import type { FleetTools } from "./compose-fleet.ts";
import { givenNow } from "./deploy-state.ts";
import { refusedFailure } from "./refuse-held.ts";
import { takeBack, whyNoWayBack } from "./ways-back.ts";

/**
 * `exos fleet rollback`: cities go back to what they ran before the release that they were given last;
 * those of the last release, or those that are named, whichever release that was. None ever returns to
 * what it left: where something is wrong after that, its wave stays, and it is said.
 */
export async function runRollback(context: CommandContext): Promise<ExitCode> {
  const { terminal, json, options } = context;
  const { fleet } = askedFleet(context);
  const isNamed = options["city"] !== undefined || options["wave"] !== undefined;
  const chosen = isNamed ? citiesToDeploy(fleet, context) : chosenCities(fleet, context);
  const tools = await openTools(context, chosen);
  const codes = chosen.map(({ code }) => code);
  const gone = await destroyed(chosen, tools);
  const wanted = { cities: codes.filter((code) => !gone.has(code)), isNamed };
  const moved = await takeBack(wanted, {
    record: tools.record,
    async bring({ leaves, version, cities }, state) {
      // Killed half way at cities that are not meant: whoever may touch them goes on with it.
      if (cities.some((code) => !codes.includes(code))) throw refusedFailure(state, fleet);
      const ones = chosen.filter(({ code }) => cities.includes(code));
      checkChannelKey(ones, context);
      const outcome = await bring({ version, leaves }, ones, { context, tools });
      if (json || outcome.state !== "done") tell(outcome, context);
      else terminal.out(`${cities.join(" ")}: back from ${leaves} at ${version}`);
    },
  });
  const left = wanted.cities.filter((city) => !moved.has(city));
  const reasons = whyNoWayBack((await tools.record.read())?.state, left);
  if (gone.size > 0) reasons.push(`${[...gone].join(" ")}: no stacks are there any more`);
  if (moved.size === 0) {
    const message = `no city goes back; ${reasons.join("; ")}`;
    throw new CommandFailure(message, { code: "EXOS-E8008", exit: EXIT.notFound });
  }
  for (const reason of reasons) terminal.err(`left as it is: ${reason}`);
  return EXIT.done;
}

/** Cities that could go back, and are not there any more. */
async function destroyed(
  cities: readonly City[],
  { deployments, record }: Pick<FleetTools, "deployments" | "record">,
): Promise<ReadonlySet<string>> {
  const state = (await record.read())?.state;
  const given = state === undefined ? {} : givenNow(state);
  const gone = new Set<string>();
  for (const { code, host } of cities) {
    // Whether a machine is still there, its operator knows.
    if (host.kind !== "aws" || given[code] === undefined) continue;
    if ((await deployments.look(code)).state === "absent") gone.add(code);
  }
  return gone;
}
