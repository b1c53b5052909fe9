import type { Command } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";
import { describeFleet, FLEET } from "#services/cli/fleet/describe-fleet.ts";
import { readFromNode } from "#services/cli/node-client.ts";

const USAGE = "exos fleet status";

export const fleet: Command = {
  name: "fleet",
  audience: "use",
  usage: USAGE,
  takesWords: true,
  summary: "height, hash, lag, peers and agreement of every city",
  examples: ["fleet status"],
  async run({ positionals, config, json, terminal }) {
    const [verb = "status", ...rest] = positionals;
    if (verb !== "status" || rest.length > 0) {
      throw usageFailure(`fleet has no "${positionals.join(" ")}"`, USAGE);
    }
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
  },
};
