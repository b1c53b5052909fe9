import type { City } from "#regions/city.ts";
import { ENVIRONMENTS, type EnvironmentName } from "#regions/environment.ts";
import { missingFacts } from "#regions/missing-facts.ts";
import type { CommandContext } from "#services/cli/command.ts";
import type { ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { PROGRAM_VERSION } from "#services/cli/program-version.ts";
import { askedFleet } from "./asked-fleet.ts";
import { abandonOf, bring, openTools, tell } from "./bring-release.ts";
import { checkReleaseOptions } from "./check-release-options.ts";
import { citiesToDeploy } from "./cities-to-deploy.ts";
import type { FleetTools } from "./compose-fleet.ts";
import { halfDeployed, neededReleases } from "./deploy-state.ts";
import { environmentOf } from "./environment-of.ts";
import { FLEET_PLATFORMS, layOutImage } from "./lay-out-image.ts";
import { layOutRelease } from "./lay-out-release.ts";
import { readPrinted } from "./read-printed.ts";
import { refuseHeld } from "./refuse-held.ts";
import { dropOldReleases, fetchRelease, saveRelease } from "./releases.ts";
import { findImage, saveImage } from "./stored-image.ts";

/** Releases that are kept, and with them the way back. @source cloud.md 5.1 */
const RELEASES_KEPT = 20;

/** `exos fleet deploy`: build once, store it, and bring it to the cities wave by wave. */
export async function runDeploy(context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const { fleet, deployment } = askedFleet(context);
  checkReleaseOptions(context);
  const cities = citiesToDeploy(fleet, context);
  const lacking = missingFacts(deployment, fleet, cities);
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
  const outcome = await bring({ version }, cities, { context, tools });
  // A new release is one more than before; what is deployed again is not.
  if (isBuilt) await dropOld(version, tools);
  return tell(outcome, context);
}

/** Releases too many go, but for what cities run and go back to. */
async function dropOld(version: string, { record, releases }: FleetTools): Promise<void> {
  const state = (await record.read())?.state;
  const spare = new Set([version, ...(state === undefined ? [] : neededReleases(state))]);
  await dropOldReleases({ keep: RELEASES_KEPT, spare }, releases);
}

/**
 * The release that is named, else the one that was killed half way, else a new one. Before the first
 * deployment there is no bucket that could hold one.
 *
 * @throws CommandFailure `EXOS-E8005` for whoever would be refused when all is built
 */
async function versionToDeploy(
  context: CommandContext,
  { record, clock }: FleetTools,
): Promise<{ readonly version: string; readonly isNew: boolean }> {
  const state = (await record.read())?.state;
  refuseHeld(state, { fleet: environmentOf(context), now: clock.now() });
  const half = halfDeployed(state, abandonOf(context.options));
  const named = context.options["release"] ?? half;
  const isNew = named === undefined || state === undefined;
  return { version: named ?? newVersion(clock.now()), isNew };
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
    if (isReal) throw new CommandFailure(message, { code: "EXOS-E8012" });
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

/** A name that no other release has, and that sorts by time. */
function newVersion(now: number): string {
  const at = new Date(now * 1_000).toISOString().replaceAll(/[-:]|\.\d+Z$/g, "");
  return `${PROGRAM_VERSION}-${at}`;
}
