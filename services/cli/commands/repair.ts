import type { Command } from "#services/cli/command.ts";
import { usageFailure } from "#services/cli/failure.ts";

const USAGE = "exos repair [--from index|blocks]";

export const repair: Command = {
  name: "repair",
  audience: "run",
  usage: USAGE,
  summary: "verify the stores, drop what is broken and build it again from what is left",
  options: {
    from: {
      kind: "text",
      meaning: "index: build the index again; blocks: judge the stored blocks again, and the index",
    },
  },
  examples: ["repair", "repair --from index", "repair --from blocks"],
  async run(context) {
    const { from } = context.options;
    if (from !== undefined && from !== "index" && from !== "blocks") {
      throw usageFailure(`--from: "${from}" is neither index nor blocks`, USAGE);
    }
    const { runRepair } = await import("#services/cli/run-repair.ts");
    return runRepair(context, from);
  },
};
