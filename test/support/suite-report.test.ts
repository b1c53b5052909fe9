import { resolve } from "node:path";
import { expect, it } from "vitest";
import { failureLines, missedFiles, readReport } from "./suite-report.ts";

const file = (name: string, status = "passed", message = "") => ({
  name: resolve(name),
  message,
  assertionResults:
    message === ""
      ? [{ status, fullName: "a test", failureMessages: status === "failed" ? ["why\nwhere"] : [] }]
      : [],
});

it("each failure is a line that names the file", () => {
  const testResults = [
    file("test/a.test.ts"),
    file("test/b.test.ts", "failed"),
    file("test/c.test.ts", "failed", "cannot be loaded\nwhere"),
  ];
  expect(failureLines({ testResults })).toEqual([
    "test/b.test.ts: a test: why",
    "test/c.test.ts: cannot be loaded",
  ]);
});

it("a file that was left out, or run twice, is missed", () => {
  const names = ["test/a.test.ts", "test/b.test.ts", "test/c.test.ts"];
  const testResults = [file("test/a.test.ts"), file("test/b.test.ts"), file("test/b.test.ts")];
  expect(missedFiles(names, { testResults })).toEqual([
    "test/b.test.ts: run 2 times",
    "test/c.test.ts: run 0 times",
  ]);
});

it("a report that was never written has no results", () => {
  expect(readReport(resolve("no-such-report.json"))).toEqual({ testResults: [] });
});
