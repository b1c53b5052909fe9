import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { findPython, PYTHON_WANTED } from "#services/cli/cloud/find-python.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import type { Environment } from "#services/cli/command.ts";
import { CommandFailure } from "#services/cli/failure.ts";

/** A program of Python's and all it imports. */
export interface Requirements {
  /** As people know it, such as `MiniStack`; its folder has this in lower case. */
  readonly title: string;
  /** Absolute; a lock of pip, each file by its hash. */
  readonly lock: string;
}

export interface InstallOptions {
  /** Told before what takes seconds. */
  readonly onNote: (line: string) => void;
  readonly signal: AbortSignal;
  /** Of this process: Python's own settings, such as its package index, count. */
  readonly environment: Environment;
  /** Absolute; holds one folder per lock file and version of Python. */
  readonly folder?: string;
}

/** Where environments are kept between runs, as the system's rules for caches have it. */
function cacheFolder(environment: Environment): string {
  return join(environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "exos");
}

/**
 * The Python of an environment that has a program, made once per lock file.
 *
 * It is filled beside its place and moved there when it is whole, so that a killed run leaves
 * nothing that looks like one, and two runs at a time do not meet.
 *
 * @throws CommandFailure `EXOS-E8180` where no Python does
 */
export async function installRequirements(
  { title, lock }: Requirements,
  options: InstallOptions,
): Promise<string> {
  const { environment: env, folder = cacheFolder(env), onNote, signal } = options;
  const python = await findPython(env);
  if (python === undefined) {
    const message = `${title} wants ${PYTHON_WANTED}, and none was found`;
    throw new CommandFailure(message, { code: "EXOS-E8180" });
  }
  const hash = createHash("sha256").update(readFileSync(lock)).digest("hex").slice(0, 16);
  const place = join(folder, `${title.toLowerCase()}-${hash}-python${python.version}`);
  const interpreter = (at: string) => join(at, "bin", "python");
  if (existsSync(interpreter(place))) return interpreter(place);

  onNote(`installing ${title} with Python ${python.version} into ${place}`);
  await mkdir(folder, { recursive: true });
  const beside = `${place}.${process.pid}`;
  await rm(beside, { recursive: true, force: true });
  const doing = `installing ${title}`;
  await runProgram(python.command, ["-m", "venv", beside], { doing, env, signal });
  const strict = ["--no-deps", "--require-hashes", "--only-binary", ":all:"];
  const calm = ["--quiet", "--disable-pip-version-check", "--no-input"];
  const words = ["-m", "pip", "install", ...calm, ...strict, "--requirement", lock];
  await runProgram(interpreter(beside), words, { doing, env, signal });
  try {
    await rename(beside, place);
  } catch (cause) {
    // Somebody else was faster, and made the same.
    if (!existsSync(interpreter(place))) throw cause;
    await rm(beside, { recursive: true, force: true });
  }
  return interpreter(place);
}
