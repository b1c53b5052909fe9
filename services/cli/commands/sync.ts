import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { Command, CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";
import { grouped } from "#services/cli/long-work.ts";
import { getFromNode, readFromNode } from "#services/cli/node-client.ts";

const USAGE = "exos sync wait [--timeout SECONDS]";
/** How often the node is asked, in milliseconds. */
const LOOK_MS = 500;

const Reasons = z.object({ reasons: z.array(z.object({ text: z.string() })) });
const Node = z.object({
  sync: z.object({ phase: z.string(), progress: z.number(), blocks: z.number() }),
  tip: z.object({ height: z.number(), hash: z.string() }),
});

/** Why the node is not ready, in words; `undefined` when it is. */
async function whyNotReady(context: CommandContext): Promise<string | undefined> {
  try {
    const { status, text } = await getFromNode(context, "/readyz");
    if (status === 200) return undefined;
    const parsed = Reasons.safeParse(JSON.parse(text));
    const said = parsed.success ? parsed.data.reasons.map((reason) => reason.text) : [text];
    return said.join("; ");
  } catch (cause) {
    // It may be starting still.
    if (cause instanceof CommandFailure && cause.exit === EXIT.unreachable) return cause.message;
    throw cause;
  }
}

async function showProgress(context: CommandContext, why: string): Promise<void> {
  const { terminal } = context;
  try {
    const { phase, progress, blocks } = (await readFromNode(context, "/v1/node", Node)).sync;
    const percent = Math.floor(progress * 100);
    terminal.status(`${phase} ${percent} % · height ${grouped(blocks)} · ${why}`);
  } catch (cause) {
    if (!(cause instanceof CommandFailure)) throw cause;
    terminal.status(`waiting · ${why}`);
  }
}

async function wait(context: CommandContext, endMs: number): Promise<ExitCode> {
  const { signal, terminal, json } = context;
  for (;;) {
    const why = await whyNotReady(context);
    if (why === undefined) break;
    if (performance.now() >= endMs) {
      throw new CommandFailure(`not ready in time: ${why}`, {
        code: "EXOS-E2001",
        exit: EXIT.timedOut,
      });
    }
    await showProgress(context, why);
    await sleep(LOOK_MS, undefined, { signal }).catch((cause: unknown) => {
      // The signal ended the sleep, which is how this loop ends.
      if (!signal.aborted) throw cause;
    });
    if (signal.aborted) return EXIT.interrupted;
  }
  const { tip } = await readFromNode(context, "/v1/node", Node);
  const { height, hash } = tip;
  terminal.out(
    json
      ? JSON.stringify({ schema: "exos.sync.v1", ready: true, height, hash })
      : `ready at height ${height}, ${hash}`,
  );
  return EXIT.done;
}

export const sync: Command = {
  name: "sync",
  audience: "run",
  usage: USAGE,
  takesWords: true,
  summary: "wait until the node stands at the tip with its index, and say where that is",
  options: { timeout: { kind: "integer", meaning: "give up after so many seconds, with exit 10" } },
  examples: ["sync wait", "sync wait --timeout 60"],
  async run(context) {
    const [verb, ...rest] = context.positionals;
    if (verb !== "wait" || rest.length > 0) {
      throw usageFailure(`sync has no "${context.positionals.join(" ")}"`, USAGE);
    }
    const seconds = Number(context.options["timeout"] ?? Number.POSITIVE_INFINITY);
    return wait(context, performance.now() + seconds * 1_000);
  },
};
