import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { endGroup, isAlive, type StartedProcess } from "#services/cli/cloud/process-group.ts";
import { processStart } from "#services/cli/cloud/process-start.ts";
import type { Environment } from "#services/cli/command.ts";
import { CommandFailure } from "#services/cli/failure.ts";

/** A process that goes on when this one ends. It leads a process group of its own. */
export interface DetachedProcess extends StartedProcess {
  /** File with what it says, on both streams. */
  readonly log: string;
}

export interface DetachedProgram {
  readonly command: string;
  readonly words: readonly string[];
  /** All of its environment. */
  readonly env: Environment;
  readonly cwd: string;
  readonly log: string;
}

const LOOK_MS = 50;
const END_MS_MAX = 10_000;
const LINES_SHOWN = 20;

/** @throws CommandFailure `EXOS-E8181` when there is no such program */
export async function startDetached(program: DetachedProgram): Promise<DetachedProcess> {
  const { command, words, env, cwd, log } = program;
  await mkdir(dirname(log), { recursive: true, mode: 0o700 });
  const file = openSync(log, "w", 0o600);
  const child = spawn(command, words, {
    cwd,
    env: { ...env },
    stdio: ["ignore", file, file],
    detached: true,
  });
  closeSync(file);
  child.unref();
  // What it says of a failure to start stands in no log: nothing has run that could.
  child.on("error", () => undefined);
  const { pid } = child;
  if (pid !== undefined) return { pid, start: processStart(pid), log };
  throw new CommandFailure(`${command} could not be run`, { code: "EXOS-E8181" });
}

export interface Readiness<Found> {
  /** For the sentence of a failure, such as `MiniStack`. */
  readonly name: string;
  readonly msMax: number;
  readonly signal: AbortSignal;
  /** @returns `undefined` while it is not */
  look(said: string): Promise<Found | undefined> | Found | undefined;
}

/**
 * Start a process and wait until it is ready. One that is not is ended with its group: whoever would
 * end it later is told of it only once it is.
 *
 * @returns with what was found when it was
 * @throws CommandFailure `EXOS-E8181` with the last lines of its log, when it ends or takes too long
 */
export async function startReady<Found>(
  program: DetachedProgram,
  readiness: Readiness<Found>,
): Promise<DetachedProcess & { readonly found: Found }> {
  const started = await startDetached(program);
  try {
    return { ...started, found: await untilReady(started, readiness) };
  } catch (cause) {
    await endGroup(started, END_MS_MAX);
    throw cause;
  }
}

/** @throws CommandFailure `EXOS-E8181` with the last lines of its log, when it ends or takes too long */
async function untilReady<Found>(
  { pid, log }: DetachedProcess,
  { name, msMax, signal, look }: Readiness<Found>,
): Promise<Found> {
  const started = performance.now();
  const said = () => readFile(log, "utf8").catch(() => "");
  while (performance.now() - started < msMax && isAlive(pid)) {
    signal.throwIfAborted();
    const found = await look(await said());
    if (found !== undefined) return found;
    await wait(LOOK_MS, undefined, { signal });
  }
  const last = (await said()).trimEnd().split("\n").slice(-LINES_SHOWN).join("\n");
  throw new CommandFailure(`${name} did not become ready\n${last}`, { code: "EXOS-E8181" });
}
