import { spawnSync } from "node:child_process";
import { mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readReport, SUITE_REPORT_FILE } from "./suite-report.ts";

/** Suites that take their time: a step of `npm run long`. */
export const SLOW = "**/*.slow.test.ts";

/** What vitest is told wherever the project runs its suites. */
export const SUITE_WORDS = [
  "run",
  "--dir=test",
  // Both cores: the default leaves one idle, which the suites' child processes do not fill.
  "--maxWorkers=2",
  // For a busy machine: what hangs fails all the same.
  "--testTimeout=300000",
  "--hookTimeout=300000",
  "--reporter=default",
  "--reporter=./test/support/suite-report.ts",
] as const;

/** Run suites to their end, then name each failure in a line; whether there was none. */
export function runSuites(words: readonly string[], env: NodeJS.ProcessEnv = {}): boolean {
  using folder = mkdtempDisposableSync(join(tmpdir(), "exos-suites-"));
  const path = join(folder.path, "report.json");
  const { status, signal } = spawnSync(
    process.execPath,
    ["node_modules/vitest/vitest.mjs", ...SUITE_WORDS, ...words],
    {
      stdio: ["ignore", "inherit", "inherit"],
      // Whatever a suite leaves in the folder for temporary files goes with it.
      env: { ...process.env, ...env, [SUITE_REPORT_FILE]: path, TMPDIR: folder.path },
    },
  );
  const { failures } = readReport(path);
  for (const line of failures) process.stdout.write(`failed: ${line}\n`);
  if (status === 0) return true;
  if (failures.length === 0) {
    process.stdout.write(
      `failed: ${words.join(" ")}: ended with ${signal ?? status}, no failure told\n`,
    );
  }
  return false;
}
