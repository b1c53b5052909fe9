import * as z from "zod";
import { askNode } from "#services/cli/ask-node.ts";
import type { Command } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { usageFailure } from "#services/cli/failure.ts";

const USAGE = "exos address new [--label TEXT] [--wallet NAME]";

export const address: Command = {
  name: "address",
  audience: "use",
  usage: USAGE,
  takesWords: true,
  summary: "an address of your wallet that nobody was given before",
  options: {
    label: { kind: "text", meaning: "what it is for" },
    wallet: { kind: "text", meaning: "name of the wallet, where several are loaded" },
  },
  examples: ["address new", "address new --label rent"],
  async run(context) {
    const { json, terminal, positionals, options } = context;
    const [verb, ...rest] = positionals;
    if (verb !== "new" || rest.length > 0) throw usageFailure("address has one verb: new", USAGE);
    const { wallet, label = "" } = options;
    const question = { method: "getnewaddress", params: [label], wallet };
    const made = await askNode(context, question, z.string());
    const document = { schema: "exos.address.v1", address: made, label };
    terminal.out(json ? JSON.stringify(document) : made);
    return EXIT.done;
  },
};
