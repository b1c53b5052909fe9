import type { Command } from "#services/cli/command.ts";
import { usageFailure } from "#services/cli/failure.ts";

const USAGE =
  "exos import FILE… [--jobs N] [--stop-height H] [--checkpoints skip] [--assumevalid HASH] [--json]";

export const importCommand: Command = {
  name: "import",
  audience: "run",
  usage: USAGE,
  takesWords: true,
  summary: "replay chain files: every block is judged by every rule and connected",
  options: {
    "stop-height": { kind: "integer", meaning: "the last height to connect" },
  },
  examples: ["import chain.dat", "import chain.dat --stop-height 500 --json"],
  async run(context) {
    const { positionals } = context;
    if (positionals.length === 0) throw usageFailure("the path of a chain file is missing", USAGE);
    const { runImport } = await import("#services/cli/run-import.ts");
    return runImport(context);
  },
};
