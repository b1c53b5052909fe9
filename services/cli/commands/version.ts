import type { Command } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { PROGRAM_VERSION } from "#services/cli/program-version.ts";

export const version: Command = {
  name: "version",
  audience: "inspect",
  usage: "exos version",
  summary: "print the versions of this program and of its runtime",
  examples: ["version", "version --json"],
  async run({ json, terminal }) {
    const runtime = process.version;
    terminal.out(
      json
        ? JSON.stringify({ schema: "exos.version.v1", version: PROGRAM_VERSION, node: runtime })
        : `exos ${PROGRAM_VERSION} (Node ${runtime})`,
    );
    return EXIT.done;
  },
};
