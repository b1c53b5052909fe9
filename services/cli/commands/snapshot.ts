import type { Command } from "#services/cli/command.ts";
import { usageFailure } from "#services/cli/failure.ts";

const USAGE = "exos snapshot create|verify|import FOLDER [--height H] [--trust MUHASH]";

export const snapshot: Command = {
  name: "snapshot",
  audience: "run",
  usage: USAGE,
  takesWords: true,
  summary: "write the unspent coins to a folder, check such a folder, or start a node from one",
  options: {
    height: { kind: "integer", meaning: "block to take the coins at; the tip unless said" },
    trust: {
      kind: "text",
      meaning: "set hash that you know to be right; needed on public networks",
    },
  },
  examples: ["snapshot create backup", "snapshot verify backup", "snapshot import backup"],
  async run(context) {
    const [verb, folder, more] = context.positionals;
    if (verb !== "create" && verb !== "verify" && verb !== "import") {
      throw usageFailure(`snapshot has no "${verb ?? ""}"`, USAGE);
    }
    if (folder === undefined || more !== undefined)
      throw usageFailure("one folder is named", USAGE);
    const { runSnapshot } = await import("#services/cli/run-snapshot.ts");
    return runSnapshot(context, verb, folder);
  },
};
