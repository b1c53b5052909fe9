import type { Command } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { usageFailure } from "#services/cli/failure.ts";

const USAGE = "exos cloud up|down|rehearse";
const PLACE = ["localstack", "functions", "drive", "roles", "process"] as const;
const VERBS = {
  up: {
    words: "[--connect HOST:PORT]",
    summary: "start an endpoint, deploy a city to it, and say where it answers",
    options: PLACE,
  },
  down: {
    words: "",
    summary: "remove the city and its endpoint, and say what is left",
    options: [],
  },
  rehearse: {
    words: "",
    summary: "both, and between them what a city must stand; minutes",
    options: PLACE,
  },
} as const;

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
  verbs: VERBS,
  summary: "a city of AWS on this machine, without an account: start it, end it, rehearse it",
  options: {
    roles: {
      kind: "boolean",
      meaning:
        "have MiniStack refuse what no role grants; not with --localstack, --drive, AWS_ENDPOINT_URL",
    },
    localstack: { kind: "boolean", meaning: "on LocalStack 4.14.0, in a container" },
    functions: {
      kind: "boolean",
      meaning: "with --localstack: have it run the functions, in containers beside it",
    },
    drive: { kind: "boolean", meaning: "run the functions in a process here, not at the endpoint" },
    process: { kind: "boolean", meaning: "run the peer process without a container" },
  },
  async run(context) {
    const [verb, ...rest] = context.positionals;
    const runner = rest.length === 0 ? await runnerOf(verb) : undefined;
    if (runner === undefined) {
      const said = context.positionals.join(" ");
      throw usageFailure(said === "" ? "which of the three?" : `cloud has no "${said}"`, USAGE);
    }
    try {
      return await runner.run(context);
    } catch (cause) {
      if (!context.signal.aborted) throw cause;
      const { cloudFolderOf, readCloudState } = await import("#services/cli/cloud/cloud-state.ts");
      const left = await readCloudState(cloudFolderOf(context.config).state);
      const more = left === undefined ? "" : "; exos cloud down clears away what was started";
      context.terminal.err(`stopped${more}`);
      return EXIT.interrupted;
    }
  },
};
