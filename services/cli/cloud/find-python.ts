import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** An interpreter that the emulator runs on. */
export interface Python {
  readonly command: string;
  /** Such as `3.11`; the versions that every locked package has files for. */
  readonly version: string;
}

/** Tried in this order; the plain name first, since it is the one that people set up. */
const COMMANDS = ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
const SUPPORTED = new Set(["3.10", "3.11", "3.12", "3.13"]);
/** `ensurepip` too: Debian's Python comes without it, and cannot fill an environment. */
const ASK =
  "import sys, venv, ensurepip; print(sys.implementation.name, '%d.%d' % sys.version_info[:2])";
const ASK_MS_MAX = 10_000;

const run = promisify(execFile);

async function ask(command: string): Promise<Python | undefined> {
  try {
    const { stdout } = await run(command, ["-c", ASK], { timeout: ASK_MS_MAX });
    const [kind, version = ""] = stdout.trim().split(" ");
    return kind === "cpython" && SUPPORTED.has(version) ? { command, version } : undefined;
  } catch {
    // Absent, broken or without venv: the next one may do.
    return undefined;
  }
}

/** A CPython of 3.10 to 3.13 with `venv`; `undefined` where there is none. */
export async function findPython(
  commands: readonly string[] = COMMANDS,
): Promise<Python | undefined> {
  for (const command of commands) {
    const found = await ask(command);
    if (found !== undefined) return found;
  }
  return undefined;
}
