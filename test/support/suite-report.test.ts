import { spawnSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { missedFiles, readReport, SUITE_REPORT_FILE } from "./suite-report.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const SUITES = {
  good: 'it("holds", () => {}); it("waits", ({ skip }) => skip());',
  bad: 'describe("all", () => it("holds", () => { throw new Error("why\\nwhere"); }));',
  hook: 'describe("all", () => { afterAll(() => { throw new Error("late"); }); it("a", () => {}); });',
  "outer-hook": 'beforeAll(() => { throw new Error("early"); }); it("a", () => {});',
  missing: 'await import("./absent.ts"); it("a", () => {});',
  dead: 'it("a", () => { process.kill(process.pid, "SIGKILL"); return new Promise(() => {}); });',
  stray:
    'it("a", async () => { Promise.reject(new Error("left")); await new Promise(setImmediate); });',
};

it("a run of vitest tells each failure in a line: of tests, hooks, files, and what no one handled", () => {
  const folder = temporaryFolder();
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  for (const [name, text] of Object.entries(SUITES)) {
    const imports = 'import { afterAll, beforeAll, describe, it } from "vitest";';
    writeFileSync(join(folder, `${name}.test.ts`), `${imports}\n${text}\n`);
  }
  const path = join(folder, "report.json");
  const { status } = spawnSync(
    process.execPath,
    [
      "node_modules/vitest/vitest.mjs",
      "run",
      "--maxWorkers=1",
      `--reporter=${resolve("test/support/suite-report.ts")}`,
    ],
    { cwd: folder, env: { ...process.env, [SUITE_REPORT_FILE]: path } },
  );
  const { files, cases, failures } = readReport(path);
  expect(status).toBe(1);
  expect([...files].sort()).toEqual(
    Object.keys(SUITES)
      .map((name) => `${name}.test.ts`)
      .sort(),
  );
  expect(cases.filter(({ file }) => file === "good.test.ts")).toEqual([
    { file: "good.test.ts", name: "holds", state: "passed" },
    { file: "good.test.ts", name: "waits", state: "skipped" },
  ]);
  expect([...failures].sort()).toEqual([
    "bad.test.ts: all > holds: why",
    "hook.test.ts: all: late",
    expect.stringMatching(/^missing\.test\.ts: .*absent/),
    expect.stringMatching(/^no file: unhandled: .*: .*SIGKILL/),
    "outer-hook.test.ts: early",
    expect.stringMatching(/^stray\.test\.ts: unhandled: left .*stray\.test\.ts:2:/),
  ]);
});

it("a file that was left out, or run twice, is missed", () => {
  const names = ["test/a.test.ts", "test/b.test.ts", "test/c.test.ts"];
  const files = ["test/a.test.ts", "test/b.test.ts", "test/b.test.ts"];
  expect(missedFiles(names, { files })).toEqual([
    "test/b.test.ts: run 2 times",
    "test/c.test.ts: run 0 times",
  ]);
});

it("a report that was never written has no results", () => {
  const nothing = { files: [], cases: [], failures: [] };
  expect(readReport(resolve("no-such-report.json"))).toEqual(nothing);
});
