import * as z from "zod";
import { askNode, COINS } from "#services/cli/ask-node.ts";
import type { Command } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";

const Balances = z.object({
  mine: z.object({ trusted: COINS, untrusted_pending: COINS, immature: COINS }),
  lastprocessedblock: z.object({ height: z.number(), hash: z.string() }),
});

export const balance: Command = {
  name: "balance",
  audience: "use",
  usage: "exos balance [--wallet NAME]",
  summary: "what your wallet may spend, what waits for a block, what matures",
  options: { wallet: { kind: "text", meaning: "name of the wallet, where several are loaded" } },
  examples: ["balance", "balance --json"],
  async run(context) {
    const { config, json, terminal, options } = context;
    const question = { method: "getbalances", wallet: options["wallet"] };
    const { mine, lastprocessedblock: at } = await askNode(context, question, Balances);
    const { trusted: spendable, untrusted_pending: pending, immature } = mine;
    if (json) {
      const document = { schema: "exos.balance.v1", spendable, pending, immature, at };
      terminal.out(JSON.stringify(document));
      return EXIT.done;
    }
    const { ticker } = config.network;
    terminal.out(`spendable  ${spendable} ${ticker}`);
    terminal.out(`pending    ${pending} ${ticker}, until a block holds it`);
    terminal.out(`immature   ${immature} ${ticker}, minted of late`);
    return EXIT.done;
  },
};
