import type { Command, CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";
import { describeFleet, FLEET } from "#services/cli/fleet/describe-fleet.ts";
import { FLEET_VERBS } from "#services/cli/fleet/fleet-verbs.ts";
import { readFromNode } from "#services/cli/node-client.ts";

const VERBS = Object.entries(FLEET_VERBS).map(([name, { words }]) => `${name} ${words}`.trim());
const USAGE = `exos fleet status|${VERBS.join("|")}`;
/** Options that verbs of a deployed fleet share. */
const OPTIONS = {
  environment: {
    kind: "text",
    meaning: "deployment that is spoken of: prod unless said; of status, the fleet of this process",
  },
  city: { kind: "text", meaning: "three letters of a city, several with commas between" },
  wave: { kind: "integer", meaning: "cities of one wave alone, 0 to 3" },
  release: { kind: "text", meaning: "name of what is deployed: a stored one is deployed again" },
  image: {
    kind: "text",
    meaning: "digest, sha256:…, of an image that stands in every repository already",
  },
  "release-key": {
    kind: "text",
    meaning: "file with the private half of releaseKey: cities outside AWS follow what it signs",
  },
  bake: { kind: "integer", meaning: "seconds for which each wave is watched: 1200 unless said" },
  abandon: {
    kind: "boolean",
    meaning: "give up a deployment of another release that was killed half way",
  },
  refill: {
    kind: "boolean",
    meaning: "of load: forget the city's chain, which ended elsewhere; wants --confirm",
  },
  from: {
    kind: "text",
    meaning:
      "of load: begin with what this city published, if three counted the same; or with genesis",
  },
  trust: {
    kind: "text",
    meaning: "of load --from: set hash of the snapshot that you vouch for yourself",
  },
  snapshot: {
    kind: "boolean",
    meaning: "of load: publish the set of the city's own tables, and load nothing",
  },
  block: { kind: "text", meaning: "of logs: lines about one block, by its height or hash" },
  function: { kind: "text", meaning: "of logs: lines of one function, or of ingest" },
  since: { kind: "text", meaning: "of logs: 90m, 6h, 2d, or a time; 1h unless said" },
  lines: { kind: "integer", meaning: "of logs: so many of the newest; 200 unless said" },
  confirm: {
    kind: "text",
    meaning: "the city's letters, or the secret's name, once more: for what cannot be undone",
  },
} as const;

export const fleet: Command = {
  name: "fleet",
  audience: "use",
  usage: USAGE,
  takesWords: true,
  summary: "cities: how they stand, what they cost, how they are deployed and looked after",
  options: OPTIONS,
  examples: ["fleet status", "fleet runbook", "fleet plan"],
  async run(context) {
    const [verb = "status", ...rest] = context.positionals;
    const found = FLEET_VERBS[verb];
    if (found !== undefined && Object.hasOwn(FLEET_VERBS, verb)) return found.run(context, rest);
    if (verb !== "status" || rest.length > 0) {
      throw usageFailure(`fleet has no "${context.positionals.join(" ")}"`, USAGE);
    }
    if (context.options["environment"] === undefined) return showRunning(context);
    const { runStatus } = await import("#services/cli/fleet/run-fleet.ts");
    return runStatus(context);
  },
};

/** The cities of the process that runs here. */
async function showRunning({ config, json, terminal }: CommandContext): Promise<ExitCode> {
  const found = await readFromNode(config, "/v1/fleet", FLEET);
  if (found.cities.length === 0) {
    throw new CommandFailure("the process that answers runs one node and no fleet", {
      code: "EXOS-E8001",
      exit: EXIT.notFound,
    });
  }
  if (json) terminal.out(JSON.stringify({ schema: "exos.fleet-status.v1", ...found }));
  else for (const line of describeFleet(found)) terminal.out(line);
  return found.split || found.tips.length > 1 ? EXIT.notSynced : EXIT.done;
}
