import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { delimiter } from "node:path";
import { promisify } from "node:util";
import type { Environment } from "#services/cli/command.ts";

/** An interpreter that the emulator runs on. */
export interface Python {
  readonly command: string;
  /** Such as `3.11`. */
  readonly version: string;
}

/** What people need, as messages say it. */
export const PYTHON_WANTED = "CPython 3.10 or later with venv";

const MINOR_MIN = 10;
/** The last that every locked package has files for; those that need none work with later ones too. */
const MINOR_LOCKED = 14;
/** `ensurepip` too: Debian's Python comes without it, and cannot fill an environment. */
const ASK =
  "import sys, venv, ensurepip; print(sys.implementation.name, '%d.%d' % sys.version_info[:2])";
const ASK_MS_MAX = 10_000;

const run = promisify(execFile);

async function ask(command: string, env: Environment): Promise<Python | undefined> {
  try {
    const { stdout } = await run(command, ["-c", ASK], { env, timeout: ASK_MS_MAX });
    const [kind, version = ""] = stdout.trim().split(" ");
    const [major, minor] = version.split(".").map(Number);
    const isEnough = major === 3 && minor !== undefined && minor >= MINOR_MIN;
    return kind === "cpython" && isEnough ? { command, version } : undefined;
  } catch {
    // Absent, broken or without venv: the next one may do.
    return undefined;
  }
}

/** Minor version in a name such as `python3.13`; `undefined` in another. */
function minorOf(name: string): number | undefined {
  const found = /^python3\.(\d{1,2})$/.exec(name)?.[1];
  return found === undefined ? undefined : Number(found);
}

/**
 * Names to try: the plain one first, since it is the one that people set up; then whatever versions
 * the search path has, the newest first, but those that the locks are older than after all others.
 */
async function commandsIn({ PATH = "" }: Environment): Promise<readonly string[]> {
  // A folder that is not there has none.
  const lists = PATH.split(delimiter).map((folder) => readdir(folder).catch(() => []));
  const names = new Set((await Promise.all(lists)).flat());
  const minors = [...names].flatMap((name) => minorOf(name) ?? []).toSorted((a, b) => b - a);
  const locked = minors.filter((minor) => minor <= MINOR_LOCKED);
  const later = minors.filter((minor) => minor > MINOR_LOCKED);
  return ["python3", ...[...locked, ...later].map((minor) => `python3.${minor}`), "python"];
}

/** A CPython of 3.10 or later with `venv`; `undefined` where there is none. */
export async function findPython(environment: Environment): Promise<Python | undefined> {
  let later: Python | undefined;
  for (const command of await commandsIn(environment)) {
    const found = await ask(command, environment);
    if (found === undefined) continue;
    if (Number(found.version.split(".")[1]) <= MINOR_LOCKED) return found;
    later ??= found;
  }
  return later;
}
