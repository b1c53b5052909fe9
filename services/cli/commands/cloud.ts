import type { Command } from "#services/cli/command.ts";
import { usageFailure } from "#services/cli/failure.ts";

const USAGE = "exos cloud up [--connect HOST:PORT] [--roles] [--process] | down";

export const cloud: Command = {
  name: "cloud",
  audience: "run",
  usage: USAGE,
  takesWords: true,
  summary: "a city of AWS on this machine, without an account: start it, end it",
  options: {
    roles: { kind: "boolean", meaning: "have the emulator refuse what no role grants" },
    process: { kind: "boolean", meaning: "run the peer process without a container" },
  },
  async run(context) {
    const [verb, ...rest] = context.positionals;
    if (rest.length === 0) {
      switch (verb) {
        case "up": {
          const { runUp } = await import("#services/cli/cloud/run-up.ts");
          return runUp(context);
        }
        case "down": {
          const { runDown } = await import("#services/cli/cloud/run-down.ts");
          return runDown(context);
        }
        default:
      }
    }
    throw usageFailure(`cloud has no "${context.positionals.join(" ")}"`, USAGE);
  },
};
