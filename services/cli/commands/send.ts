import * as z from "zod";
import { askNode } from "#services/cli/ask-node.ts";
import type { Command, CommandContext } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { type PlannedSend, planSend } from "#services/cli/wallet/plan-send.ts";
import { confirm } from "#services/cli/wallet/read-secret.ts";

const USAGE =
  "exos send TO AMOUNT [--fee-rate N] [--op-return TEXT] [--subtract-fee] [--dry-run | --yes]";

const Signed = z.object({ hex: z.string(), complete: z.boolean() });

/** What somebody has to see before saying yes. */
function linesOf(plan: PlannedSend, ticker: string): string[] {
  const { to, amount, fee, change, data, ntime, sizeBytes } = plan;
  return [
    `to      ${to}  ${amount} ${ticker}`,
    ...(data === undefined ? [] : [`data    "${data}", for everybody to read`]),
    `fee     ${fee} ${ticker}, ${sizeBytes} bytes before it is signed`,
    change === undefined
      ? "change  none"
      : `change  ${change.address}  ${change.amount} ${ticker}, to yourself`,
    ...(ntime === undefined ? [] : [`nTime   ${ntime}, ${new Date(ntime * 1_000).toISOString()}`]),
  ];
}

/** @throws CommandFailure, exit code 9, unless somebody said yes */
async function wantYes({ options, terminal, signal }: CommandContext): Promise<void> {
  if (options["yes"] !== undefined) return;
  const asked = terminal.interactive && process.stdin.isTTY;
  if (asked && (await confirm("Send it?", signal))) return;
  const message = asked ? "nothing was sent" : "nothing was sent: say --yes to send it";
  throw new CommandFailure(message, { code: "EXOS-E5024", exit: EXIT.needsConfirmation });
}

async function sendOnce(context: CommandContext, { hex }: PlannedSend): Promise<string> {
  const { wallet } = context.options;
  const signing = { method: "signrawtransactionwithwallet", params: [hex], wallet };
  const signed = await askNode(context, signing, Signed);
  if (!signed.complete) {
    const message = "the wallet's coins have changed meanwhile; nothing was sent";
    throw new CommandFailure(message, { code: "EXOS-E5017", exit: EXIT.refused });
  }
  // Whoever interrupts before has sent nothing; whoever does so later is told what became of it.
  context.signal.throwIfAborted();
  const patient = { config: context.config, signal: new AbortController().signal };
  return askNode(patient, { method: "sendrawtransaction", params: [signed.hex] }, z.string());
}

/** A coin may win a block between the plan and the pool. */
const ATTEMPTS_MAX = 3;

/** Send what was confirmed: with other coins, where those are gone, but never at another price. */
async function sendPlanned(context: CommandContext, confirmed: PlannedSend): Promise<string> {
  let plan = confirmed;
  for (let attempt = 1; ; attempt++) {
    try {
      return await sendOnce(context, plan);
    } catch (cause) {
      const isRefused = cause instanceof CommandFailure && cause.exit === EXIT.refused;
      if (!isRefused || attempt >= ATTEMPTS_MAX) throw cause;
      plan = await planSend(context, USAGE);
      if (plan.fee !== confirmed.fee || plan.amount !== confirmed.amount) throw cause;
    }
  }
}

export const send: Command = {
  name: "send",
  audience: "use",
  usage: USAGE,
  takesWords: true,
  summary: "pay from your wallet: shows who, how much, fee, change and time, then asks",
  options: {
    "fee-rate": { kind: "integer", meaning: "base units per 1,000 bytes; default: the wallet's" },
    "op-return": { kind: "text", meaning: "text that the transaction keeps, 38 bytes at most" },
    "subtract-fee": { kind: "boolean", meaning: "whoever is paid bears the fee" },
    "dry-run": { kind: "boolean", meaning: "show the payment and send nothing" },
    yes: { kind: "boolean", meaning: "do not ask" },
    wallet: { kind: "text", meaning: "name of the wallet, where several are loaded" },
  },
  examples: ["send XX582xzQcPAncHnUA3tbWteFxQ9yrWutuh 1.5 --dry-run"],
  async run(context) {
    const { config, json, terminal, options } = context;
    const plan = await planSend(context, USAGE);
    const { hex: _, ...shown } = plan;
    const dry = options["dry-run"] !== undefined;
    const lines = linesOf(plan, config.network.ticker);
    if (!json) for (const line of lines) terminal.out(line);
    if (dry) {
      if (json) terminal.out(JSON.stringify({ schema: "exos.send.v1", ...shown, sent: false }));
      return EXIT.done;
    }
    await wantYes(context);
    const txid = await sendPlanned(context, plan);
    if (json) terminal.out(JSON.stringify({ schema: "exos.send.v1", ...shown, sent: true, txid }));
    else terminal.out(`txid    ${txid}`);
    return EXIT.done;
  },
};
