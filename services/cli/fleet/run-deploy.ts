import { hostname, userInfo } from "node:os";
import type { City } from "#regions/city.ts";
import { DEPLOYMENT } from "#regions/deployment.ts";
import type { EnvironmentName } from "#regions/environment.ts";
import { missingFacts } from "#regions/missing-facts.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { PROGRAM_VERSION } from "#services/cli/program-version.ts";
import { chosenCities, wavesOf } from "./chosen-cities.ts";
import { composeFleet, type FleetTools } from "./compose-fleet.ts";
import { environmentOf } from "./environment-of.ts";
import { layOutRelease } from "./lay-out-release.ts";
import { dropOldReleases, fetchRelease, saveRelease } from "./releases.ts";
import { type DeployOutcome, runWaves } from "./wave-engine.ts";

/** How long a wave is watched unless told otherwise. @source cloud.md 11 */
const BAKE_SECONDS = 1_200;
/** Releases that are kept, and with them the way back. @source cloud.md 5.1 */
const RELEASES_KEPT = 20;

/** `exos fleet deploy`: build once, store it, and bring it to the cities wave by wave. */
export async function runDeploy(context: CommandContext): Promise<ExitCode> {
  const { terminal, options } = context;
  const fleet = environmentOf(context);
  const cities = awsCities(fleet, context);
  const lacking = missingFacts(DEPLOYMENT, fleet, cities);
  if (lacking.length > 0) {
    throw new CommandFailure(`regions/deployment.ts lacks ${lacking.join("; ")}`, {
      code: "EXOS-E8004",
    });
  }
  const tools = await composeFleet({
    ...context,
    fleet,
    cities,
    deployment: DEPLOYMENT,
    say: (line) => terminal.err(line),
  });
  await tools.prepare();
  const version = options["release"] ?? newVersion(tools.clock.now());
  if ((await fetchRelease(version, tools.releases)) === undefined) {
    terminal.err(`building ${version}`);
    const files = await layOutRelease({ ...context, fleet, version, image: options["image"] });
    await saveRelease({ version, at: tools.clock.now(), files }, tools.releases);
  }
  const outcome = await bring(version, cities, { context, tools });
  const before = Object.values((await tools.record.read())?.state.before ?? {});
  const spare = new Set([version, ...before.filter((one) => one !== null)]);
  await dropOldReleases({ keep: RELEASES_KEPT, spare }, tools.releases);
  return tell(outcome, context);
}

/** `exos fleet rollback`: what each city ran before the last deployment, one version at a time. */
export async function runRollback(context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const fleet = environmentOf(context);
  const cities = awsCities(fleet, context);
  const say = (line: string) => terminal.err(line);
  const tools = await composeFleet({ ...context, fleet, cities, deployment: DEPLOYMENT, say });
  const found = await tools.record.read();
  const before = Map.groupBy(cities, ({ code }) => found?.state.before[code] ?? undefined);
  before.delete(undefined);
  if (before.size === 0) {
    throw new CommandFailure("these cities ran nothing before their last deployment", {
      code: "EXOS-E8008",
      exit: EXIT.notFound,
    });
  }
  for (const [version = "", ones] of before) {
    const outcome = await bring(version, ones, { context, tools });
    if (outcome.state !== "done") return tell(outcome, context);
    terminal.out(`${ones.map(({ code }) => code).join(" ")}: back at ${version}`);
  }
  return EXIT.done;
}

/** Those of the chosen cities that stacks are deployed to; the others follow a channel by themselves. */
function awsCities(fleet: EnvironmentName, context: CommandContext): readonly City[] {
  const chosen = chosenCities(fleet, context);
  const cities = chosen.filter(({ host }) => host.kind === "aws");
  const others = chosen.filter((city) => !cities.includes(city)).map(({ code }) => code);
  if (others.length > 0) {
    context.terminal.err(
      `${others.join(" ")}: not on AWS; \`exos fleet render\` makes their machines`,
    );
  }
  if (cities.length > 0) return cities;
  throw new CommandFailure("none of these cities is deployed to AWS", { code: "EXOS-E8003" });
}

/** A name that no other release has, and that sorts by time. */
function newVersion(now: number): string {
  const at = new Date(now * 1_000).toISOString().replaceAll(/[-:]|\.\d+Z$/g, "");
  return `${PROGRAM_VERSION}-${at}`;
}

function bring(
  version: string,
  cities: readonly City[],
  { context, tools }: { readonly context: CommandContext; readonly tools: FleetTools },
): Promise<DeployOutcome> {
  const { options, terminal } = context;
  return runWaves(
    {
      operator: `${userInfo().username}@${hostname()}`,
      version,
      waves: wavesOf(cities).map((wave) => wave.map(({ code }) => code)),
      bakeSeconds: Number(options["bake"] ?? BAKE_SECONDS),
      abandon: options["abandon"] !== undefined,
    },
    { ...tools, say: (line) => terminal.err(line) },
  );
}

function tell(outcome: DeployOutcome, { terminal, json }: CommandContext): ExitCode {
  if (json) terminal.out(JSON.stringify({ schema: "exos.fleet-deploy.v1", ...outcome }));
  switch (outcome.state) {
    case "done":
      if (!json) terminal.out(`Deployed ${outcome.deployed.version}.`);
      return EXIT.done;
    case "refused":
      throw new CommandFailure(
        `${outcome.by.operator} deploys ${outcome.by.version}, wave ${outcome.by.at}`,
        { code: "EXOS-E8005" },
      );
    case "taken":
      throw new CommandFailure("another operator took this deployment over", {
        code: "EXOS-E8005",
      });
    case "failed": {
      const hand = outcome.stuck.length === 0 ? "" : `; ${outcome.stuck.join(", ")} need a hand`;
      const wave = outcome.wave.join(", ");
      throw new CommandFailure(`${wave}: ${outcome.reason}${hand}`, { code: "EXOS-E8006" });
    }
  }
}
