import type { Command } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";

export const dev: Command = {
  name: "dev",
  audience: "run",
  usage: "exos dev [--datadir FOLDER] [--httpport N] [--rpcport N] [--block-time SECONDS]",
  summary: "a development network of your own that mints by stake (the default command)",
  options: {
    "block-time": {
      kind: "integer",
      meaning: "least time between two minted blocks; each is on a slot of 16 seconds; default: 16",
    },
  },
  examples: ["dev", "dev --httpport 0 --rpcport 0", "dev --block-time 64"],
  async run(context) {
    const { kind, name } = context.config.network;
    if (kind !== "regtest") {
      const message = `dev mines blocks, which ${name} does not take from one machine; use start`;
      throw new CommandFailure(message, { code: "EXOS-E0007", exit: EXIT.usage });
    }
    const { runDevelopment } = await import("#services/cli/dev/run-development.ts");
    return runDevelopment(context, Number(context.options["block-time"] ?? 0));
  },
};
