import { readFileSync } from "node:fs";
import { relative } from "node:path";

/** What is read of vitest's report in JSON. */
export interface SuiteReport {
  readonly testResults: readonly {
    /** Path of the file, absolute. */
    readonly name: string;
    /** Of a file that could not be loaded. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** The report at a path; one without results where the suite died before it could write any. */
export function readReport(path: string): SuiteReport {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return { testResults: [] };
  }
}

/** Each failure in a line, for whoever sees the end of a long output alone. */
export function failureLines({ testResults }: SuiteReport): readonly string[] {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === "failed");
    const file = relative(process.cwd(), name);
    if (failed.length === 0 && message !== "") return [`${file}: ${firstLine(message)}`];
    return failed.map(
      ({ fullName, failureMessages }) =>
        `${file}: ${fullName}: ${firstLine(failureMessages[0] ?? "")}`,
    );
  });
}

const firstLine = (text: string) => text.split("\n", 1)[0]?.slice(0, 300) ?? "";

/** A line for each file that was to be run once and was not, or was run twice. */
export function missedFiles(
  files: readonly string[],
  { testResults }: SuiteReport,
): readonly string[] {
  const runs = Map.groupBy(testResults, ({ name }) => relative(process.cwd(), name));
  return files.flatMap((file) => {
    const times = runs.get(file)?.length ?? 0;
    return times === 1 ? [] : [`${file}: run ${times} times`];
  });
}
