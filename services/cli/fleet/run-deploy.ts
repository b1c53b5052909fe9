import { readFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import type { City } from "#regions/city.ts";
import { DEPLOYMENT } from "#regions/deployment.ts";
import { ENVIRONMENTS, type EnvironmentName } from "#regions/environment.ts";
import { citiesOf } from "#regions/fleet.ts";
import { missingFacts } from "#regions/missing-facts.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { PROGRAM_VERSION } from "#services/cli/program-version.ts";
import { checkDeployRoles } from "./check-deploy-roles.ts";
import { chosenCities, wavesOf } from "./chosen-cities.ts";
import { composeFleet, type FleetTools } from "./compose-fleet.ts";
import { type DeployState, halfDeployed, isHeldFrom } from "./deploy-state.ts";
import { environmentOf } from "./environment-of.ts";
import { FLEET_PLATFORMS, layOutImage } from "./lay-out-image.ts";
import { layOutRelease } from "./lay-out-release.ts";
import { readPrinted } from "./read-printed.ts";
import { openReleaseKey } from "./release-channel.ts";
import { dropOldReleases, fetchRelease, saveRelease } from "./releases.ts";
import { findImage, saveImage } from "./stored-image.ts";
import { type DeployOutcome, runWaves } from "./wave-engine.ts";

/** How long a wave is watched unless told otherwise. @source cloud.md 11 */
const BAKE_SECONDS = 1_200;
/** Releases that are kept, and with them the way back. @source cloud.md 5.1 */
const RELEASES_KEPT = 20;

/** `exos fleet deploy`: build once, store it, and bring it to the cities wave by wave. */
export async function runDeploy(context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const fleet = environmentOf(context);
  checkDeployRoles(fleet, DEPLOYMENT);
  const cities = citiesToDeploy(fleet, context);
  const lacking = missingFacts(DEPLOYMENT, fleet, cities);
  if (lacking.length > 0) {
    throw new CommandFailure(`regions/deployment.ts lacks ${lacking.join("; ")}`, {
      code: "EXOS-E8004",
    });
  }
  const tools = await openTools(context, cities);
  const { version, isNew } = await versionToDeploy(context, tools);
  // What is stored has its bucket: who may only deploy it need not be let prepare one.
  if (isNew) await tools.prepare();
  const isBuilt = (await fetchRelease(version, tools.releases)) === undefined;
  if (isBuilt) {
    terminal.err(`building ${version}`);
    await buildRelease(version, { context, tools, fleet });
  }
  await checkImage(version, cities, { tools, fleet });
  const outcome = await bring(version, cities, { context, tools });
  // A new release is one more than before; what is deployed again is not.
  if (isBuilt) await dropOld(version, tools);
  return tell(outcome, context);
}

/** Releases too many go, but for what cities go back to. */
async function dropOld(version: string, { record, releases }: FleetTools): Promise<void> {
  const before = Object.values((await record.read())?.state.before ?? {});
  const spare = new Set([version, ...before.filter((one) => one !== null)]);
  await dropOldReleases({ keep: RELEASES_KEPT, spare }, releases);
}

/**
 * The release that is named, else the one that was killed half way, else a new one. Before the first
 * deployment there is no bucket that could hold one.
 *
 * @throws CommandFailure `EXOS-E8005` for whoever would be refused when all is built
 */
async function versionToDeploy(
  { options }: CommandContext,
  { record, clock }: FleetTools,
): Promise<{ readonly version: string; readonly isNew: boolean }> {
  const state = (await record.read())?.state;
  if (state !== undefined && isHeldFrom(state, operatorName(), clock.now())) {
    throw refusedFailure(state);
  }
  const half = halfDeployed(state, abandonOf(options));
  const named = options["release"] ?? half;
  const isNew = named === undefined || state === undefined;
  return { version: named ?? newVersion(clock.now()), isNew };
}

const operatorName = (): string => `${userInfo().username}@${hostname()}`;
const abandonOf = (options: CommandContext["options"]) => ({
  abandon: options["abandon"] !== undefined,
});

/** @param by the deployment that is under way */
function refusedFailure({ operator, version, at }: DeployState): CommandFailure {
  const ways = "`exos fleet deploy` goes on with it when he is gone, --abandon gives it up";
  const message = `${operator} deploys ${version}, wave ${at}: ${ways}`;
  return new CommandFailure(message, { code: "EXOS-E8005" });
}

/** The fleet's tools, in the accounts of these cities; with the release key where it is needed. */
async function openTools(context: CommandContext, cities: readonly City[]): Promise<FleetTools> {
  const isExternal = cities.some(({ host }) => host.kind === "external");
  const file = context.options["release-key"];
  const hex = DEPLOYMENT.releaseKey;
  const releaseKey =
    isExternal && file !== undefined && hex !== undefined
      ? openReleaseKey(await readKeyFile(file), hex)
      : undefined;
  return composeFleet({
    ...context,
    ...{ fleet: environmentOf(context), cities, edge: isExternal, releaseKey },
    deployment: DEPLOYMENT,
    say: (line) => context.terminal.err(line),
  });
}

function readKeyFile(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw new CommandFailure(`the release key is not to be read at ${file}`, {
      code: "EXOS-E8004",
      cause,
    });
  });
}

interface Building {
  readonly context: CommandContext;
  readonly tools: FleetTools;
  readonly fleet: EnvironmentName;
}

/** The image, the functions, the stacks: each is stored before the release that names it. */
async function buildRelease(version: string, { context, tools, fleet }: Building): Promise<void> {
  const { terminal, options } = context;
  const given = options["image"];
  const { protected: isReal } = ENVIRONMENTS[fleet];
  const platforms = isReal ? FLEET_PLATFORMS : undefined;
  const built = given === undefined ? await layOutImage(context, platforms) : "it was named";
  if (typeof built === "string" && given === undefined) {
    const message = `there is no image, since ${built}`;
    if (isReal) throw new CommandFailure(message, { code: "EXOS-E8183" });
    terminal.err(`${message}: no task starts`);
  }
  const laidOut = typeof built === "string" ? undefined : built;
  try {
    const image = laidOut?.image.digest ?? given;
    if (laidOut !== undefined) await saveImage(version, laidOut.image, tools.releases);
    const printed = await readPrinted(fleet, tools);
    const files = await layOutRelease({ ...context, fleet, version, image, printed });
    await saveRelease({ version, at: tools.clock.now(), files }, tools.releases);
  } finally {
    await laidOut?.[Symbol.asyncDispose]();
  }
}

/** Whether a stored image is one that these cities run. */
async function checkImage(
  version: string,
  cities: readonly City[],
  { tools, fleet }: Pick<Building, "tools" | "fleet">,
): Promise<void> {
  const image = await findImage(version, tools.releases);
  const [forAws, forMachines] = FLEET_PLATFORMS;
  const lacks = (what: string) =>
    new CommandFailure(`${version} has no image for ${what}`, { code: "EXOS-E8008" });
  const isExternal = cities.some(({ host }) => host.kind === "external");
  if (isExternal && image?.archive?.platform !== forMachines) {
    throw lacks(`${forMachines}, which machines outside AWS run`);
  }
  const isAws = cities.some(({ host }) => host.kind === "aws");
  const fits = image === undefined || !ENVIRONMENTS[fleet].protected;
  if (isAws && !fits && !image.platforms.includes(forAws))
    throw lacks(`${forAws}, which tasks run on`);
}

/** `exos fleet rollback`: what each city ran before the last deployment, one version at a time. */
export async function runRollback(context: CommandContext): Promise<ExitCode> {
  const { terminal, json } = context;
  const cities = citiesToDeploy(environmentOf(context), context);
  const tools = await openTools(context, cities);
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
    if (json || outcome.state !== "done") tell(outcome, context);
    else terminal.out(`${ones.map(({ code }) => code).join(" ")}: back at ${version}`);
  }
  return EXIT.done;
}

/**
 * The chosen cities. Those outside AWS follow one channel a wave, which moves all of them or none, and
 * wants a key to sign it.
 *
 * @throws CommandFailure naming what is missing
 */
function citiesToDeploy(fleet: EnvironmentName, context: CommandContext): readonly City[] {
  const cities = chosenCities(fleet, context);
  if (cities.length === 0) {
    throw new CommandFailure(`no city of ${fleet} is meant by that`, {
      code: "EXOS-E8001",
      exit: EXIT.notFound,
    });
  }
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
  if (external.length > 0 && context.options["release-key"] === undefined) {
    throw new CommandFailure(
      `${names} follow a signed channel: --release-key FILE, or leave them out by --wave`,
      { code: "EXOS-E8003", exit: EXIT.usage },
    );
  }
  if (external.length > 0 && context.options["image"] !== undefined) {
    throw new CommandFailure(`${names} pull from no registry: leave --image out`, {
      code: "EXOS-E8003",
      exit: EXIT.usage,
    });
  }
  return cities;
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
      operator: operatorName(),
      version,
      waves: wavesOf(cities).map((wave) => wave.map(({ code }) => code)),
      bakeSeconds: Number(options["bake"] ?? BAKE_SECONDS),
      ...abandonOf(options),
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
      throw refusedFailure(outcome.by);
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
