import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Environment } from "#services/cli/command.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import type { ErrorCode } from "#shared/primitives/error-catalogue.ts";

export interface RunOptions {
  /** For the sentence of a failure, such as `deploying the city`. */
  readonly doing: string;
  readonly signal: AbortSignal;
  /** All of the program's. */
  readonly env: Environment;
  readonly cwd?: string;
  /** Told each line that the program says, of both streams. */
  readonly onLine?: (line: string) => void;
  /** Of a failure; `EXOS-E8180` unless given. */
  readonly code?: ErrorCode;
}

/** Lines of a failed program that are shown: the reason stands near the end. */
const LINES_SHOWN = 40;

/**
 * A program, run to its end.
 *
 * @returns what it said on stdout
 * @throws CommandFailure with the last lines of both streams, when it ends in anything but 0
 */
export async function runProgram(
  command: string,
  words: readonly string[],
  { doing, signal, env, cwd, onLine, code = "EXOS-E8180" }: RunOptions,
): Promise<string> {
  signal.throwIfAborted();
  const child = spawn(command, words, {
    env: { ...env },
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ["ignore", "pipe", "pipe"],
    signal,
    killSignal: "SIGTERM",
  });
  let out = "";
  const said: string[] = [];
  const hear = (keep: boolean) => {
    let rest = "";
    return (text: string) => {
      if (keep) out += text;
      const lines = `${rest}${text}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        said.push(line);
        onLine?.(line);
      }
    };
  };
  child.stdout.setEncoding("utf8").on("data", hear(true));
  child.stderr.setEncoding("utf8").on("data", hear(false));
  // A program that cannot be started says so by `error`, which `once` rejects with.
  const [status] = await once(child, "close").catch((cause: unknown) => {
    if (signal.aborted) throw signal.reason;
    throw new CommandFailure(`${doing}: ${command} could not be run`, { code, cause });
  });
  if (status === 0) return out;
  const last = said.slice(-LINES_SHOWN).join("\n");
  throw new CommandFailure(`${doing}: ${command} ended with ${status}\n${last}`, { code });
}
