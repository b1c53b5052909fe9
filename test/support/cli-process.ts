import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** How a process ended and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command line of the project while it runs. */
export interface CliProcess extends AsyncDisposable {
  /** Resolves when stdout or stderr holds this. @throws RangeError when the process ends without */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  signal(name: NodeJS.Signals): void;
  ended(): Promise<Ended>;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const MAIN = "services/cli/main.ts";

function watch(child: ChildProcess): CliProcess {
  let [out, err] = ["", ""];
  let told = (): void => undefined;
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    told();
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    err += text;
    told();
  });
  const closed = once(child, "close").then(([code]) => {
    told();
    return { code: code as number | null, out, err };
  });
  let over = false;
  const done = closed.then(() => {
    over = true;
    told();
  });

  return {
    async says(pattern) {
      for (;;) {
        const found = pattern.exec(out) ?? pattern.exec(err);
        if (found !== null) return found;
        if (over) throw new RangeError(`ended without ${pattern}: ${out}\n${err}`);
        await new Promise<void>((resolve) => {
          told = resolve;
        });
      }
    },
    signal: (name) => void child.kill(name),
    ended: () => closed,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await done;
    },
  };
}

/** Start `exos` with these words. */
export function startCli(words: readonly string[], options: CliOptions = {}): CliProcess {
  const { cwd = process.cwd(), environment = {} } = options;
  const main = join(import.meta.dirname, "..", "..", MAIN);
  return watch(
    spawn(process.execPath, [main, ...words], {
      cwd,
      // Tests run side by side: no two of them may want the network's own port.
      env: { EXOS_PORT: "0", ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}

/** Run `exos` with these words to its end. */
export function runCli(words: readonly string[], options: CliOptions = {}): Promise<Ended> {
  return startCli(words, options).ended();
}

/** Run one line as a shell does, in the project's folder. */
export function runShell(line: string): Promise<Ended> {
  const env = { EXOS_PORT: "0", ...process.env };
  return watch(spawn(line, { shell: true, env, stdio: ["ignore", "pipe", "pipe"] })).ended();
}
