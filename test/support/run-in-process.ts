import { COMMANDS, DEFAULT_COMMAND } from "#services/cli/commands.ts";
import { runCommandLine } from "#services/cli/run-command-line.ts";

/** A command line in this process: what it said, and the code it would have ended with. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface InProcessOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Whether somebody sits before it, as on a terminal. */
  readonly attended?: boolean;
  /** Called with everything so far whenever something is said. */
  readonly onOutput?: (out: string) => void;
}

/** Run `exos` with these words here, which is quicker than a process of its own. */
export async function runInProcess(
  words: readonly string[],
  { environment = {}, signal, attended = false, onOutput }: InProcessOptions = {},
): Promise<Said> {
  let [out, err] = ["", ""];
  const code = await runCommandLine(words, {
    commands: COMMANDS,
    fallback: DEFAULT_COMMAND,
    // Tests run side by side: no two of them may want the same port.
    environment: { EXOS_PORT: "0", ...environment },
    stdout: {
      write(text) {
        out += text;
        onOutput?.(out);
      },
    },
    stderr: {
      isTTY: attended,
      write(text) {
        err += text;
      },
    },
    elapsedMs: () => performance.now(),
    signal: signal ?? new AbortController().signal,
  });
  return { code, out, err };
}
