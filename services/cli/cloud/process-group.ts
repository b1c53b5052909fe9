import { execFile } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { isOfThisBoot, processStart } from "#services/cli/cloud/process-start.ts";

const LOOK_MS = 50;

/** A process that was started here, by this run or one before. */
export interface StartedProcess {
  readonly pid: number;
  /** What `processStart` told of it then; without it the number is taken for its own. */
  readonly start?: string | undefined;
}

/** Whether a process of this number runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // Of somebody else's process we may only not know more.
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
}

/** Whether this process runs, and not another that was given its number. */
export function isRunning({ pid, start }: StartedProcess): boolean {
  return isAlive(pid) && (start === undefined || processStart(pid) === start);
}

/** A number is not given again while a group has it: then none of the process's own is left. */
function isAnothers({ pid, start }: StartedProcess): boolean {
  if (start === undefined) return false;
  const now = processStart(pid);
  return now === undefined ? !isOfThisBoot(start) : now !== start;
}

/** Signal a process, or nobody where it has ended. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself, and whoever signals goes by what it does after.
  }
}

/**
 * Ask a process that leads a group of its own to end, and end what is left of its group once it has,
 * or when it took too long. Nobody is asked where its number is another's by now.
 *
 * @returns milliseconds until it ended by itself; `undefined` when it had to be killed
 */
export async function endGroup(
  group: StartedProcess,
  waitMsMax: number,
): Promise<number | undefined> {
  if (isAnothers(group)) return 0;
  const { pid } = group;
  const started = performance.now();
  sendSignal(pid, "SIGTERM");
  while (isAlive(pid) && performance.now() - started < waitMsMax) await wait(LOOK_MS);
  const ended = isAlive(pid) ? undefined : performance.now() - started;
  // Functions of an emulator are of its group, and outlive it when it is killed.
  sendSignal(-pid, "SIGKILL");
  return ended;
}

/** A process that another one started. */
export interface ChildOf {
  readonly pid: number;
  /** Its program and words. */
  readonly command: string;
}

/** The processes that this one started and that still run. */
export async function childrenOf(pid: number): Promise<readonly ChildOf[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,command="]);
  return stdout.split("\n").flatMap((line) => {
    const [, own, parent, command] = /^ *(\d+) +(\d+) (.*)$/.exec(line) ?? [];
    if (Number(parent) !== pid || command === undefined) return [];
    return [{ pid: Number(own), command }];
  });
}
