import { spawn } from "node:child_process";

/** What a program said, and how it ended. */
export interface CommandResult {
  /** -1 where it could not be started, or was ended by a signal. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
export interface CommandOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly folder?: string;
  /** After which it is ended, milliseconds; ten minutes unless given. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 600_000;

/** Run a program without a shell, and hear all it says. A failure is an answer, never thrown. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { promise, resolve } = Promise.withResolvers<CommandResult>();
  const said = { stdout: "", stderr: "" };
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: options.timeoutMs ?? TIMEOUT_MS,
    ...(options.environment === undefined ? {} : { env: options.environment }),
    ...(options.folder === undefined ? {} : { cwd: options.folder }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.stderr += text;
  });
  child.on("error", (cause) => resolve({ ...said, status: -1, stderr: String(cause) }));
  child.on("close", (code) => resolve({ ...said, status: code ?? -1 }));
  return promise;
}
