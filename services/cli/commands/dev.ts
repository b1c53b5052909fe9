import type { Command } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";

export const dev: Command = {
  name: "dev",
  audience: "run",
  usage: "exos dev [--datadir FOLDER] [--httpport N] [--rpcport N]",
  summary: "a development network of your own, with its first coins mined (the default command)",
  examples: ["dev", "dev --httpport 0 --rpcport 0"],
  async run(context) {
    const { kind, name } = context.config.network;
    if (kind !== "regtest") {
      const message = `dev mines blocks, which ${name} does not take from one machine; use start`;
      throw new CommandFailure(message, { code: "EXOS-E0007", exit: EXIT.usage });
    }
    const { runDevelopment } = await import("#services/cli/dev/run-development.ts");
    return runDevelopment(context);
  },
};
