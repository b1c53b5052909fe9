import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = process.env["EXOS_VECTORS"] ?? join(import.meta.dirname, "../../../shared/vectors");

/** @returns where a shared vector file lies; `undefined` when it is absent, so that a test skips */
export function vectorsPath(name: string): string | undefined {
  const path = join(FOLDER, name);
  return existsSync(path) ? path : undefined;
}

/** A shared vector file of JSON; `undefined` when it is absent, so that a test skips. */
export function loadVectors<T>(name: string): T | undefined {
  const path = vectorsPath(name);
  // The caller states the shape of a file that this project does not write.
  return path === undefined ? undefined : (JSON.parse(readFileSync(path, "utf8")) as T);
}
