import { readFile, rename, writeFile } from "node:fs/promises";
import type { SavedState } from "#shared/ports/saved-state.ts";
import { storeFaultOf } from "./store-fault-of.ts";

/** A small file of JSON as a place for what outlives the process. */
export function jsonFile(path: string): SavedState {
  return { read: () => readJsonFile(path), write: (value) => writeJsonFile(path, value) };
}

/**
 * Read a small file of JSON.
 * @returns `undefined` where there is none; `damaged` where it is no JSON
 * @throws StoreFault when it cannot be read
 */
export async function readJsonFile(
  path: string,
): Promise<{ readonly value: unknown } | "damaged" | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw storeFaultOf(cause, path, "reading a file");
  }
  try {
    return { value: JSON.parse(text) };
  } catch {
    // The caller decides what a file that is no JSON is worth.
    return "damaged";
  }
}

/** Whole or not at all: a kill leaves the old file or the new one. @throws StoreFault */
export async function writeJsonFile(path: string, value: unknown): Promise<void> {
  try {
    const options = { flush: true, mode: 0o600 };
    await writeFile(`${path}.new`, `${JSON.stringify(value)}\n`, options);
    await rename(`${path}.new`, path);
  } catch (cause) {
    throw storeFaultOf(cause, path, "writing a file");
  }
}
