import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** The peer process of a city while it runs. */
export interface CityProcess extends AsyncDisposable {
  /** Resolves when it printed this. @throws RangeError when it ends without */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Everything that it printed, once it has ended by itself. */
  said(): Promise<string>;
  /** SIGTERM, and wait. @returns exit code and seconds */
  stop(): Promise<{ readonly code: number | null; readonly seconds: number }>;
}

const MAIN = join(import.meta.dirname, "..", "..", "services", "ingest", "main.ts");

/** Start `services/ingest/main.ts` with these words and this environment alone. */
export function startCityProcess(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): CityProcess {
  const child = spawn(process.execPath, [MAIN, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environment },
  });
  const said = { text: "", told: (): void => undefined };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said.text += text;
      said.told();
    });
  }
  const closed = once(child, "close").then(() => said.told());
  return {
    async says(pattern) {
      for (;;) {
        const found = pattern.exec(said.text);
        if (found !== null) return found;
        if (isOver(child)) throw new RangeError(`ended without ${pattern}: ${said.text}`);
        await new Promise<void>((resolve) => {
          said.told = resolve;
        });
      }
    },
    async said() {
      await closed;
      return said.text;
    },
    async stop() {
      const startedMs = performance.now();
      child.kill("SIGTERM");
      await closed;
      return { code: child.exitCode, seconds: (performance.now() - startedMs) / 1_000 };
    },
    async [Symbol.asyncDispose]() {
      if (!isOver(child)) child.kill("SIGKILL");
      await closed;
    },
  };
}

const isOver = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;
