import type { Command } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { usageFailure } from "#services/cli/failure.ts";
import { FLEET_OPTIONS } from "#services/cli/fleet/fleet-options.ts";
import { FLEET_VERBS } from "#services/cli/fleet/fleet-verbs.ts";

const USAGE = `exos fleet ${Object.keys(FLEET_VERBS).join("|")}`;

export const fleet: Command = {
  name: "fleet",
  audience: "use",
  usage: USAGE,
  takesWords: true,
  summary: "cities: how they stand, what they cost, how they are deployed and looked after",
  options: FLEET_OPTIONS,
  verbs: FLEET_VERBS,
  examples: ["fleet status", "fleet runbook", "fleet plan"],
  async run(context) {
    const [verb = "status", ...rest] = context.positionals;
    const found = Object.hasOwn(FLEET_VERBS, verb) ? FLEET_VERBS[verb] : undefined;
    if (found === undefined) throw usageFailure(`fleet has no "${verb}"`, USAGE);
    if (found.words === "" && rest.length > 0) {
      throw usageFailure(`fleet ${verb} takes no "${rest.join(" ")}"`, `exos fleet ${verb}`);
    }
    try {
      return await found.run(context, rest);
    } catch (cause) {
      if (!context.signal.aborted) throw cause;
      context.terminal.err("stopped; the same command goes on");
      return EXIT.interrupted;
    }
  },
};
