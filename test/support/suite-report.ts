import { readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import type { Reporter, TestModule, TestSuite } from "vitest/node";

/** What is kept of a run of suites. */
export interface SuiteReport {
  /** Paths of the files that were run, as often as they were. */
  readonly files: readonly string[];
  readonly cases: readonly {
    readonly file: string;
    readonly name: string;
    readonly state: "passed" | "failed" | "skipped" | "pending";
  }[];
  /** Each failure in a line, for whoever sees the end of a long output alone. */
  readonly failures: readonly string[];
}

/** An error that was thrown outside of every test and hook. */
interface UnhandledError {
  readonly message: string;
  readonly stack?: string;
  /** Of a worker that died: how. */
  readonly cause?: { readonly message?: string };
  /** Path of the file that ran meanwhile, absolute. */
  readonly VITEST_TEST_PATH?: string;
}

/** Names the file that {@link SuiteReporter} writes. */
export const SUITE_REPORT_FILE = "TEST_SUITE_REPORT";

/** Tells vitest to write a {@link SuiteReport}. */
// biome-ignore lint/style/noDefaultExport: vitest looks for no other
export default class SuiteReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly UnhandledError[]): void {
    const path = process.env[SUITE_REPORT_FILE];
    if (path === undefined) throw new Error(`${SUITE_REPORT_FILE} is not set`);
    writeFileSync(path, JSON.stringify(suiteReport(modules, unhandled)));
  }
}

type ReportedModule = Pick<TestModule, "moduleId" | "errors" | "children">;

function suiteReport(
  modules: readonly ReportedModule[],
  unhandled: readonly UnhandledError[],
): SuiteReport {
  const cases = modules.flatMap((module) =>
    [...module.children.allTests()].map((test) => ({
      file: here(module.moduleId),
      name: test.fullName,
      state: test.result().state,
    })),
  );
  return {
    files: modules.map(({ moduleId }) => here(moduleId)),
    cases,
    failures: [...modules.flatMap(failuresOf), ...unhandled.map(unhandledLine)],
  };
}

/** A file that can't be loaded, its hooks, those of its suites, and its tests. */
function failuresOf(module: ReportedModule): readonly string[] {
  const { moduleId, children } = module;
  const file = here(moduleId);
  const own = module.errors().map(({ message }) => `${file}: ${firstLine(message)}`);
  const suites = [...children.allSuites()].flatMap((suite: TestSuite) =>
    suite.errors().map(({ message }) => `${file}: ${suite.fullName}: ${firstLine(message)}`),
  );
  const tests = [...children.allTests("failed")].map((test) => {
    const [error] = test.result().errors ?? [];
    return `${file}: ${test.fullName}: ${firstLine(error?.message ?? "")}`;
  });
  return [...own, ...suites, ...tests];
}

/** With the first place in our own code that its stack names. */
function unhandledLine(error: UnhandledError): string {
  const { stack = "", cause, VITEST_TEST_PATH: path } = error;
  const from = process.cwd();
  const frame = stack
    .split("\n")
    .find((line) => line.includes(`${from}/`) && !line.includes("/node_modules/"));
  const place = frame === undefined ? "" : ` ${frame.trim().replaceAll(`${from}/`, "")}`;
  const file = path === undefined ? "no file" : here(path);
  const said = [error.message, cause?.message].filter((one) => one !== undefined).map(firstLine);
  return `${file}: unhandled: ${said.join(": ")}${place}`;
}

const here = (path: string) => relative(process.cwd(), path);

const firstLine = (text: string) => text.split("\n", 1)[0]?.slice(0, 300) ?? "";

/** The report at a path; one without results where the run died before it could write any. */
export function readReport(path: string): SuiteReport {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return { files: [], cases: [], failures: [] };
  }
}

/** A line for each file that was to be run once and was not, or was run twice. */
export function missedFiles(
  files: readonly string[],
  { files: run }: Pick<SuiteReport, "files">,
): readonly string[] {
  const runs = Map.groupBy(run, (file) => file);
  return files.flatMap((file) => {
    const times = runs.get(file)?.length ?? 0;
    return times === 1 ? [] : [`${file}: run ${times} times`];
  });
}
