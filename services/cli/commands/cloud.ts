import type { Command } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { usageFailure } from "#services/cli/failure.ts";

const USAGE =
  "exos cloud up [--connect HOST:PORT] [--localstack [--functions | --drive] | --drive | --roles] [--process] | down | rehearse [--localstack [--functions | --drive] | --drive | --roles] [--process]";

type Runner = Pick<Command, "run">;

/** None of it is loaded for a command that does not want it. */
async function runnerOf(verb: string | undefined): Promise<Runner | undefined> {
  switch (verb) {
    case "up":
      return { run: (await import("#services/cli/cloud/run-up.ts")).runUp };
    case "down":
      return { run: (await import("#services/cli/cloud/run-down.ts")).runDown };
    case "rehearse":
      return { run: (await import("#services/cli/cloud/rehearse/run-rehearse.ts")).runRehearse };
    default:
      return undefined;
  }
}

export const cloud: Command = {
  name: "cloud",
  audience: "run",
  usage: USAGE,
  takesWords: true,
  summary: "a city of AWS on this machine, without an account: start it, end it, rehearse it",
  options: {
    roles: { kind: "boolean", meaning: "have the emulator refuse what no role grants" },
    localstack: { kind: "boolean", meaning: "on LocalStack 4.14.0, in a container" },
    functions: {
      kind: "boolean",
      meaning: "have LocalStack run the functions, in containers beside it",
    },
    drive: { kind: "boolean", meaning: "run the functions here, not at the endpoint" },
    process: { kind: "boolean", meaning: "run the peer process without a container" },
  },
  async run(context) {
    const [verb, ...rest] = context.positionals;
    const runner = rest.length === 0 ? await runnerOf(verb) : undefined;
    if (runner === undefined) {
      throw usageFailure(`cloud has no "${context.positionals.join(" ")}"`, USAGE);
    }
    try {
      return await runner.run(context);
    } catch (cause) {
      if (!context.signal.aborted) throw cause;
      context.terminal.err("stopped; exos cloud down clears away what was started");
      return EXIT.interrupted;
    }
  },
};
