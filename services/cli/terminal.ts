import type { NoteAbout, Terminal } from "#services/cli/command.ts";

/** A status line reaches a log at each change of phase, and at most this often, in milliseconds. */
const LOG_EVERY_MS = 32_000;

export interface TerminalOptions {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly json: boolean;
  readonly quiet: boolean;
  readonly elapsedMs: () => number;
  /** Milliseconds since 1970; the machine's clock unless given. */
  readonly wallMs?: () => number;
}

/** Answers on stdout; notes and progress on stderr, as NDJSON when a program listens. */
export function createTerminal(options: TerminalOptions): Terminal {
  const { stdout, stderr, json, quiet, elapsedMs, wallMs = Date.now } = options;
  const interactive = stderr.isTTY === true && !json;
  let open = false;
  let last = { at: Number.NEGATIVE_INFINITY, phase: "" };

  const endStatus = () => {
    if (open) stderr.write("\n");
    open = false;
  };
  const note = (line: string, { level = "info", code, hint }: NoteAbout = {}) => {
    const time = new Date(wallMs()).toISOString();
    const row = { time, level, code, msg: line, hint };
    stderr.write(json ? `${JSON.stringify(row)}\n` : `${line}\n`);
  };

  return {
    interactive,
    out(line) {
      endStatus();
      stdout.write(`${line}\n`);
    },
    err(line, about) {
      endStatus();
      note(line, about);
    },
    log(line) {
      endStatus();
      stderr.write(line);
    },
    status(line) {
      if (quiet) return;
      if (interactive) {
        stderr.write(`\r\u001b[2K${line}`);
        open = true;
        return;
      }
      const phase = line.split(" ")[0] ?? "";
      if (phase === last.phase && elapsedMs() - last.at < LOG_EVERY_MS) return;
      last = { at: elapsedMs(), phase };
      note(line);
    },
  };
}
