import * as z from "zod";
import type { Command, CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";
import { age } from "#services/cli/long-work.ts";
import { callNode } from "#services/cli/node-client.ts";

const USAGE = "exos stake status|start|stop|why";

const Info = z.object({
  enabled: z.boolean(),
  staking: z.boolean(),
  weight: z.number(),
  netstakeweight: z.number(),
  immature: z.number(),
  expectedtime: z.number(),
  reason: z.object({
    code: z.string(),
    text: z.string(),
    since: z.number(),
    next: z.number(),
    fix: z.string(),
  }),
  wins: z.array(z.object({ code: z.string(), text: z.string() })),
});

type StakingInfo = z.infer<typeof Info>;

const Reply = z.object({
  error: z.object({ code: z.number(), message: z.string() }).nullish(),
});

/** @returns the answer as text, in which amounts are exact @throws CommandFailure when refused */
async function call(context: CommandContext, method: string): Promise<string> {
  const body = JSON.stringify({ jsonrpc: "1.0", id: 1, method, params: [] });
  const { status, text } = await callNode(context, body);
  if (status === 401) {
    throw new CommandFailure("the node refused this login", { code: "EXOS-E4010" });
  }
  const { error } = Reply.parse(JSON.parse(text));
  if (error) throw new CommandFailure(error.message, { code: "EXOS-E6003", exit: EXIT.failed });
  // The node writes `result` first and `error` after it.
  return text.slice(text.indexOf(":") + 1, text.lastIndexOf(',"error":'));
}

/** Base units as coins: what people read, not what anybody computes with. */
const coins = (units: number): string => (units / 1e8).toLocaleString("en");

function printStatus(info: StakingInfo, { terminal }: CommandContext): void {
  const { reason, weight, netstakeweight, immature, expectedtime, wins } = info;
  terminal.out(`staking   ${info.enabled ? "on" : "off"}, ${reason.code}`);
  terminal.out(`weight    ${coins(weight)} of about ${coins(netstakeweight)}`);
  if (immature > 0) terminal.out(`maturing  ${coins(immature)}`);
  if (weight > 0) terminal.out(`expected  a block every ${age(expectedtime)}`);
  terminal.out(`why       ${reason.text}`);
  for (const { code, text } of wins) terminal.out(`${code.padEnd(9)} ${text}`);
}

function printReason({ reason, wins }: StakingInfo, { terminal }: CommandContext): void {
  const { code, text, since, next, fix } = reason;
  terminal.out(`${code}: ${text}`);
  terminal.out(fix);
  const moment = (seconds: number) => new Date(seconds * 1_000).toISOString();
  terminal.out(`since ${moment(since)}, looked at again ${moment(next)}`);
  for (const win of wins) terminal.out(`${win.code}: ${win.text}`);
}

/** What each word does before the state is printed, and how. */
const VERBS: Readonly<
  Record<
    string,
    { readonly method?: string; print(info: StakingInfo, context: CommandContext): void }
  >
> = {
  status: { print: printStatus },
  why: { print: printReason },
  start: { method: "startstaking", print: printReason },
  stop: { method: "stopstaking", print: printReason },
};

export const stake: Command = {
  name: "stake",
  audience: "use",
  usage: USAGE,
  takesWords: true,
  summary: "how the node stakes, and the one reason why it does not",
  examples: ["stake status", "stake why", "stake start", "stake stop"],
  async run(context): Promise<ExitCode> {
    const [verb = "status", ...rest] = context.positionals;
    const found = VERBS[verb];
    if (found === undefined || rest.length > 0) {
      throw usageFailure(`there is no "stake ${[verb, ...rest].join(" ")}"`, USAGE);
    }
    if (found.method !== undefined) await call(context, found.method);
    const answer = await call(context, "getstakinginfo");
    if (context.json) context.terminal.out(`{"schema":"exos.stake.v1",${answer.slice(1)}`);
    else found.print(Info.parse(JSON.parse(answer)), context);
    return EXIT.done;
  },
};
