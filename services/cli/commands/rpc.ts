import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { Command, CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";
import { indentJson } from "#services/cli/indent-json.ts";
import { callNode, isUnsent, type NodeAnswer } from "#services/cli/node-client.ts";
import { readInput } from "#services/cli/read-input.ts";

const USAGE = "exos rpc [-named] [-stdin] [-rpcwait] [-rpcwallet=NAME] METHOD [ARGUMENT …]";

/** Pause between attempts of `-rpcwait`, in milliseconds, and how long it tries in all. */
const WAIT_MS = 250;
const WAIT_MS_MAX = 120_000;

const Answer = z.object({
  error: z.nullish(z.object({ code: z.number(), message: z.string() })),
});

/** What looks like JSON is JSON; everything else is text. A 64-digit hash is always text. */
function toJson(argument: string): string {
  if (!/^(-?\d{1,15}(\.\d+)?|true|false|null|[[{].*)$/s.test(argument)) {
    return JSON.stringify(argument);
  }
  try {
    JSON.parse(argument);
    return argument;
  } catch {
    // No JSON after all (a leading zero, say): the method gets the text and judges it.
    return JSON.stringify(argument);
  }
}

function paramsOf(args: readonly string[], named: boolean): string {
  if (!named) return `[${args.map(toJson).join(",")}]`;
  const members = args.map((argument) => {
    const pair = /^([A-Za-z_]\w*)=(.*)$/s.exec(argument);
    if (pair === null) throw usageFailure(`-named: "${argument}" is not name=value`, USAGE);
    return `${JSON.stringify(pair[1])}:${toJson(pair[2] ?? "")}`;
  });
  return `{${members.join(",")}}`;
}

async function send(context: CommandContext, body: string): Promise<NodeAnswer> {
  const deadline = performance.now() + (context.options["rpcwait"] === undefined ? 0 : WAIT_MS_MAX);
  const wallet = context.options["rpcwallet"];
  const path = wallet === undefined ? "/" : `/wallet/${encodeURIComponent(wallet)}`;
  for (;;) {
    try {
      return await callNode(context, body, path);
    } catch (cause) {
      // One that was told to do something may do it still: it is not told twice.
      if (!isUnsent(cause) || performance.now() > deadline) throw cause;
      await sleep(WAIT_MS, undefined, { signal: context.signal });
    }
  }
}

/** The text of the member `result`, exactly as it came. */
function resultText(text: string): string {
  // The node writes `result` first and `error` after it, so nothing has to be parsed and reprinted.
  const end = text.lastIndexOf(',"error":');
  return text.slice(text.indexOf(":") + 1, end);
}

function print({ terminal, json }: CommandContext, result: string): void {
  if (json) terminal.out(`{"schema":"exos.rpc.v1","result":${result}}`);
  else if (result.startsWith('"')) terminal.out(String(JSON.parse(result)));
  else if (result !== "null") terminal.out(indentJson(result));
}

function exitOf(code: number): ExitCode {
  if (code === -28) return EXIT.notSynced;
  if (code === -5) return EXIT.notFound;
  if (code === -26 || code === -25) return EXIT.refused;
  return [-1, -3, -8, -32601, -32602].includes(code) ? EXIT.usage : EXIT.failed;
}

async function readStdin({ signal }: CommandContext): Promise<string[]> {
  let text = "";
  for await (const piece of readInput(process.stdin, signal)) text += piece;
  return text.split("\n").filter((line) => line !== "");
}

export const rpc: Command = {
  name: "rpc",
  audience: "use",
  usage: USAGE,
  takesWords: true,
  summary: "call a JSON-RPC method of the running node (`rpc help` lists them)",
  options: {
    named: { kind: "boolean", meaning: "arguments are name=value" },
    stdin: { kind: "boolean", meaning: "further arguments come from stdin, one a line" },
    rpcwallet: { kind: "text", meaning: "the wallet that is meant, where several are loaded" },
    rpcwait: { kind: "boolean", meaning: "wait until the node answers, up to two minutes" },
  },
  examples: ["rpc getblockchaininfo", "rpc getblockhash 0", "rpc -named getblockhash height=0"],
  verbatim: true,
  async run(context) {
    const [method, ...given] = context.positionals;
    if (method === undefined) throw usageFailure("a method is missing", USAGE);
    const piped = context.options["stdin"] === undefined ? [] : await readStdin(context);
    const params = paramsOf([...given, ...piped], context.options["named"] !== undefined);
    const answer = await send(
      context,
      `{"jsonrpc":"1.0","id":1,"method":${JSON.stringify(method)},"params":${params}}`,
    );
    if (answer.status === 401) {
      throw new CommandFailure("the node refused this login", { code: "EXOS-E4010" });
    }
    const { error } = Answer.parse(JSON.parse(answer.text));
    if (error) {
      const { code, message } = error;
      const { json, terminal } = context;
      if (json) terminal.err(message, { level: "error", code });
      else terminal.err(`error code: ${code}\nerror message:\n${message}`);
      return exitOf(error.code);
    }
    print(context, resultText(answer.text));
    return EXIT.done;
  },
};
