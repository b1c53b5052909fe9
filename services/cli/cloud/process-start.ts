import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Told anew by each boot. Elsewhere the time of a start has its date, and none is needed. */
function bootOf(): string {
  if (process.platform !== "linux") return "";
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** Field 22 of a line whose second may hold spaces and brackets. @source proc_pid_stat(5) */
function ticksOf(stat: string): string {
  const ticks = stat.slice(stat.lastIndexOf(")")).split(" ")[20];
  if (ticks === undefined) throw new RangeError("the line of a process ends early");
  return ticks;
}

function whenOf(pid: number): string {
  if (process.platform === "linux") return ticksOf(readFileSync(`/proc/${pid}/stat`, "utf8"));
  const words = ["-o", "lstart=", "-p", String(pid)];
  return execFileSync("ps", words, {
    env: { LC_ALL: "C", TZ: "UTC" },
    stdio: ["ignore", "pipe", "ignore"],
    encoding: "utf8",
  }).trim();
}

/**
 * When a process was started, to be compared and not read: its number alone may be another's later, at
 * the latest after the next boot.
 *
 * @returns `undefined` where no process has this number, or the system does not tell
 */
export function processStart(pid: number): string | undefined {
  try {
    return `${bootOf()} ${whenOf(pid)}`;
  } catch {
    // There is no such process, or nowhere to ask: whoever compares goes by its number alone.
    return undefined;
  }
}

/** Whether this tells of a start since the last boot, as far as that is known here. */
export function isOfThisBoot(start: string): boolean {
  try {
    return start.startsWith(`${bootOf()} `);
  } catch {
    // What was told once is not told here: it was another system.
    return false;
  }
}
