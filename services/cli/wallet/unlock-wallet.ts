import * as z from "zod";
import { askNode } from "#services/cli/ask-node.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { usageFailure } from "#services/cli/failure.ts";
import { passwordOf } from "#services/cli/wallet/password-of.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
/** Longest that JSON-RPC takes: three years. */
const SECONDS_MAX = 100_000_000;
/** Long enough for a payment; whoever stakes wants it open until the node stops. */
const SPENDING_SECONDS = 300;

/** `exos wallet unlock [NAME] [--staking-only] [--for 30d]`. */
export async function unlockWallet(context: CommandContext, usage: string): Promise<ExitCode> {
  const { json, terminal, positionals, options } = context;
  const wallet = positionals[1] ?? options["wallet"];
  const stakingOnly = options["staking-only"] !== undefined;
  const fallback = stakingOnly ? SECONDS_MAX : SPENDING_SECONDS;
  const seconds = options["for"] === undefined ? fallback : parseSpan(options["for"]);
  if (seconds === undefined) throw usageFailure(`--for ${options["for"]}: 90s, 5m, 2h, 30d`, usage);
  const password = await passwordOf(context, "Password of the wallet");
  const params = [password, seconds, stakingOnly];
  await askNode(context, { method: "walletpassphrase", params, wallet }, z.null());
  if (json) {
    const document = { schema: "exos.wallet-unlock.v1", wallet, seconds, stakingOnly };
    terminal.out(JSON.stringify(document));
  } else terminal.out(`open ${stakingOnly ? "for staking alone " : ""}for ${seconds} s`);
  return EXIT.done;
}

/** @returns seconds, 1 to three years; `undefined` for anything else */
function parseSpan(text: string): number | undefined {
  const [, digits = "", unit = "s"] = /^(\d{1,9})([smhd])?$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNITS[unit] ?? 1);
  return digits !== "" && seconds >= 1 && seconds <= SECONDS_MAX ? seconds : undefined;
}

/** `exos wallet lock [NAME]`. */
export async function lockWallet(context: CommandContext): Promise<ExitCode> {
  const { json, terminal, positionals, options } = context;
  const wallet = positionals[1] ?? options["wallet"];
  await askNode(context, { method: "walletlock", wallet }, z.null());
  terminal.out(json ? JSON.stringify({ schema: "exos.wallet-lock.v1", wallet }) : "locked");
  return EXIT.done;
}
