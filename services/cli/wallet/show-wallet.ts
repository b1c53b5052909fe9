import * as z from "zod";
import { askNode, COINS } from "#services/cli/ask-node.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";

const Info = z.object({
  walletname: z.string(),
  scheme: z.string(),
  hdseedid: z.string(),
  balance: COINS,
  unconfirmed_balance: COINS,
  immature_balance: COINS,
  delegated_balance: COINS,
  txcount: z.number(),
  unlocked_until: z.number(),
  unlocked_staking_only: z.boolean(),
  birthtime: z.number(),
  lastprocessedblock: z.object({ height: z.number(), hash: z.string() }),
});

/** `exos wallet info [NAME]`: a loaded wallet of a running node. */
export async function showWallet(context: CommandContext): Promise<ExitCode> {
  const { config, json, terminal, positionals, options } = context;
  const wallet = positionals[1] ?? options["wallet"];
  const info = await askNode(context, { method: "getwalletinfo", wallet }, Info);
  const { ticker } = config.network;
  const state =
    info.unlocked_until === 0 ? "locked" : info.unlocked_staking_only ? "staking-only" : "unlocked";
  if (json) {
    const document = {
      name: info.walletname,
      scheme: info.scheme,
      fingerprint: info.hdseedid,
      state,
      unlockedUntil: info.unlocked_until,
      spendable: info.balance,
      pending: info.unconfirmed_balance,
      immature: info.immature_balance,
      delegated: info.delegated_balance,
      transactions: info.txcount,
      createdAt: info.birthtime,
      at: info.lastprocessedblock,
    };
    terminal.out(JSON.stringify({ schema: "exos.wallet-info.v1", ...document }));
    return EXIT.done;
  }
  terminal.out(`wallet       ${info.walletname}, ${state}`);
  terminal.out(`scheme       ${info.scheme}, fingerprint ${info.hdseedid}`);
  terminal.out(`spendable    ${info.balance} ${ticker}`);
  terminal.out(`pending      ${info.unconfirmed_balance} ${ticker}`);
  terminal.out(`immature     ${info.immature_balance} ${ticker}`);
  terminal.out(`delegated    ${info.delegated_balance} ${ticker} of others, to stake`);
  terminal.out(`transactions ${info.txcount}`);
  terminal.out(`at           ${info.lastprocessedblock.height} ${info.lastprocessedblock.hash}`);
  return EXIT.done;
}
