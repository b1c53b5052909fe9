import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command, CommandContext } from "#services/cli/command.ts";
import { describeLogLine, LOG_LEVELS, LOG_LINE } from "#services/cli/describe-log-line.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";
import { logFileOf } from "#services/cli/log-file.ts";

const USAGE = "exos logs [-f] [--level debug|info|warn|error] [--lines N]";
const LINES = 100;
/** How much of the end is looked at for that many lines. */
const TAIL_BYTES = 4 * 1024 * 1024;
const LOOK_MS = 250;

/** Whole lines of a file from an offset on, and where the next look begins. */
function readLines(path: string, from: number): { lines: string[]; next: number } {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  // A file that is shorter than it was began anew.
  const start = size < from ? 0 : from;
  if (size === start) return { lines: [], next: start };
  const bytes = Buffer.alloc(Math.min(size - start, TAIL_BYTES));
  const file = openSync(path, "r");
  let read = 0;
  try {
    read = readSync(file, bytes, 0, bytes.length, start);
  } finally {
    closeSync(file);
  }
  const end = bytes.subarray(0, read).lastIndexOf("\n") + 1;
  const lines = bytes.toString("utf8", 0, end).split("\n").slice(0, -1);
  return { lines, next: start + end };
}

function print(line: string, least: number, { json, terminal }: CommandContext): void {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // The first line of a look may be the end of one.
    return;
  }
  const parsed = LOG_LINE.safeParse(value);
  if (!parsed.success || LOG_LEVELS.indexOf(parsed.data.level) < least) return;
  if (json) {
    terminal.out(line);
    return;
  }
  terminal.out(describeLogLine(parsed.data));
}

export const logs: Command = {
  name: "logs",
  audience: "inspect",
  usage: USAGE,
  summary: "what a node of this data folder logged, and with -f what it logs from now on",
  options: {
    f: { kind: "boolean", meaning: "follow the log until Ctrl-C" },
    level: { kind: "text", meaning: "least level that is shown; default: info" },
    lines: { kind: "integer", meaning: "lines of the past to begin with; default: 100" },
  },
  examples: ["logs", "logs --level warn --lines 20"],
  async run(context) {
    const { config, options, signal } = context;
    const level = LOG_LEVELS.findIndex((name) => name === (options["level"] ?? "info"));
    if (level < 0) throw usageFailure(`--level: "${options["level"]}" is no level`, USAGE);
    const path = logFileOf(config);
    if (!existsSync(path)) {
      throw new CommandFailure(`no node has logged to ${path} yet`, {
        code: "EXOS-E2013",
        exit: EXIT.notFound,
      });
    }
    const start = Math.max(0, statSync(path).size - TAIL_BYTES);
    const { lines, next } = readLines(path, start);
    for (const line of lines.slice(-Number(options["lines"] ?? LINES))) print(line, level, context);
    if (options["f"] === undefined) return EXIT.done;
    for (let at = next; !signal.aborted; ) {
      const more = readLines(path, at);
      at = more.next;
      for (const line of more.lines) print(line, level, context);
      await sleep(LOOK_MS, undefined, { signal }).catch((cause: unknown) => {
        // The signal ended the sleep, which is how this loop ends.
        if (!signal.aborted) throw cause;
      });
    }
    return EXIT.done;
  },
};
