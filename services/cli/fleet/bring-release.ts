import { readFile } from "node:fs/promises";
import type { City } from "#regions/city.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { askedFleet } from "./asked-fleet.ts";
import { wavesOf } from "./chosen-cities.ts";
import { composeFleet, type FleetTools } from "./compose-fleet.ts";
import { environmentOf } from "./environment-of.ts";
import { fleetCommand } from "./fleet-command.ts";
import { operatorName, refusedFailure } from "./refuse-held.ts";
import { openReleaseKey } from "./release-channel.ts";
import { type DeployOrder, type DeployOutcome, runWaves } from "./wave-engine.ts";

/** How long a wave is watched unless told otherwise. @source cloud.md 11 */
const BAKE_SECONDS = 1_200;

/** Whether another release that was killed half way is given up. */
export const abandonOf = (options: CommandContext["options"]) => ({
  abandon: options["abandon"] !== undefined,
});

/** The fleet's tools; with the release key, where these cities need it. */
export async function openTools(
  context: CommandContext,
  cities: readonly City[],
): Promise<FleetTools> {
  const isExternal = cities.some(({ host }) => host.kind === "external");
  const file = context.options["release-key"];
  const asked = askedFleet(context);
  const hex = asked.deployment.releaseKey;
  const releaseKey =
    isExternal && file !== undefined && hex !== undefined
      ? openReleaseKey(await readKeyFile(file), hex)
      : undefined;
  return composeFleet({ ...asked, releaseKey });
}

function readKeyFile(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw new CommandFailure(`the release key is not to be read at ${file}`, {
      code: "EXOS-E8004",
      cause,
    });
  });
}

/** Bring a release to cities, wave by wave. @param order `leaves`: the one that is taken back by that */
export function bring(
  order: Pick<DeployOrder, "version" | "leaves">,
  cities: readonly City[],
  { context, tools }: { readonly context: CommandContext; readonly tools: FleetTools },
): Promise<DeployOutcome> {
  const { options, terminal, signal } = context;
  return runWaves(
    {
      operator: operatorName(),
      ...order,
      waves: wavesOf(cities).map((wave) => wave.map(({ code }) => code)),
      bakeSeconds: Number(options["bake"] ?? BAKE_SECONDS),
      ...abandonOf(options),
    },
    { ...tools, signal, say: (line) => terminal.err(line) },
  );
}

/** Where an order was to be carried out and how, for one that goes on with it. */
function sameAgain(options: CommandContext["options"]) {
  const { environment, city, wave, bake } = options;
  return { environment, city, wave, bake, "release-key": options["release-key"] };
}

/** @throws CommandFailure for all that is not done */
export function tell(
  outcome: DeployOutcome,
  context: Pick<CommandContext, "terminal" | "json" | "options">,
): ExitCode {
  const { terminal, json, options } = context;
  if (json) terminal.out(JSON.stringify({ schema: "exos.fleet-deploy.v1", ...outcome }));
  switch (outcome.state) {
    case "done":
      if (!json) terminal.out(`Deployed ${outcome.deployed.version}.`);
      return EXIT.done;
    case "refused":
      throw refusedFailure(outcome.by, environmentOf(context));
    case "taken":
      throw new CommandFailure("another operator took this deployment over", {
        code: "EXOS-E8005",
      });
    case "kept": {
      const { wave, reason, deployed } = outcome;
      const { version, leaves } = deployed;
      const again =
        leaves === null
          ? fleetCommand("deploy", { ...sameAgain(options), release: version })
          : fleetCommand("rollback", sameAgain(options));
      const message = `${wave.join(", ")} stays at ${version}: ${reason}; \`${again}\` goes on`;
      throw new CommandFailure(message, { code: "EXOS-E8011" });
    }
    case "failed": {
      const hand = outcome.stuck.length === 0 ? "" : `; ${outcome.stuck.join(", ")} need a hand`;
      const wave = outcome.wave.join(", ");
      throw new CommandFailure(`${wave}: ${outcome.reason}${hand}`, { code: "EXOS-E8006" });
    }
  }
}
