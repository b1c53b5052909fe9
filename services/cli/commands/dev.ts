import type { Command, CommandContext } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";

const USAGE =
  "exos dev [--block-time SECONDS] [--cities N] [--partition 6/7] | partition 6/7 | heal";

/** Only where blocks are made by whoever asks, with a wallet that anybody may know. */
function refusePublic({ config }: CommandContext): void {
  const { kind, name } = config.network;
  const city = config.text("city");
  if (city !== undefined)
    throw usageFailure(`city ${city}: a city has no wallet; use start`, USAGE);
  if (kind === "regtest") return;
  const message = `dev mines blocks, which ${name} does not take from one machine; use start`;
  throw new CommandFailure(message, { code: "EXOS-E0007", exit: EXIT.usage });
}

export const dev: Command = {
  name: "dev",
  audience: "run",
  usage: USAGE,
  takesWords: true,
  summary: "a development network of your own, one node or thirteen cities (the default command)",
  options: {
    "block-time": {
      kind: "integer",
      meaning: "least time between two minted blocks; each is on a slot of 16 seconds; default: 16",
    },
    cities: { kind: "integer", meaning: "full nodes in this process, 1 to 13, each a city" },
    partition: { kind: "text", meaning: "begin with the cities cut in two groups of these sizes" },
  },
  examples: ["dev", "dev --httpport 0 --rpcport 0", "dev --block-time 64", "dev --cities 3"],
  async run(context) {
    refusePublic(context);
    const [verb, ...words] = context.positionals;
    if (verb === undefined) {
      const { runDevelopment } = await import("#services/cli/dev/run-development.ts");
      return runDevelopment(context, Number(context.options["block-time"] ?? 0));
    }
    const { runBorder } = await import("#services/cli/dev/run-border.ts");
    if (verb === "heal" && words.length === 0) return runBorder(context, null);
    const [sizes] = words;
    if (verb === "partition" && sizes !== undefined && words.length === 1) {
      return runBorder(context, sizes);
    }
    throw usageFailure(`dev has no "${context.positionals.join(" ")}"`, USAGE);
  },
};
