/**
 * What `npm test` runs: format, lint and types, then the whole suite once with coverage of the pure
 * folders, then the table of shared vectors, and one line that counts. Arguments are handed to vitest, for a part of the suite.
 */
import { spawnSync } from "node:child_process";
import { mkdtempDisposableSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { VECTOR_ROWS_FILE, vectorTable } from "./support/vector-report.ts";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
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

const COVERED = ["codec", "crypto", "script", "consensus", "coins", "p2p", "wallet"];
const bin = (name: string) => join("node_modules", ".bin", name);
const print = (line: string) => process.stdout.write(`${line}\n`);

function succeeds(command: string, args: readonly string[]): boolean {
  const started = performance.now();
  const { status } = spawnSync(bin(command), args, { stdio: "inherit" });
  print(`${command}: ${status === 0 ? "ok" : "FAILED"}, ${seconds(started)} s`);
  return status === 0;
}

function seconds(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}

function readReport(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    // The suite died before it could report: counted as one failure below.
    return undefined;
  }
}

/** Each failure in a line, for whoever sees the end of a long output alone. */
function failureLines(report: Report | undefined): readonly string[] {
  return (report?.testResults ?? []).flatMap(({ name, message, assertionResults }) => {
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

/** What the suites of ports say, over all adapters and endpoints. @source cloud.md 14.1 */
function contractLine(report: Report | undefined): string {
  const cases = (report?.testResults ?? [])
    .filter(({ name }) => name.includes("/test/ports/"))
    .flatMap(({ assertionResults }) => assertionResults);
  const run = cases.filter(({ status }) => status === "passed" || status === "failed").length;
  return `contract: ${cases.length} cases, ${run} run, ${cases.length - run} skipped`;
}

const started = performance.now();
const checks: readonly (readonly [name: string, ok: boolean])[] = [
  ["biome", succeeds("biome", ["check", "--error-on-warnings"])],
  ["tsc", succeeds("tsc", [])],
];
const refused = checks.filter(([, ok]) => !ok).map(([name]) => name);

using folder = mkdtempDisposableSync(join(tmpdir(), "exos-test-"));
const file = join(folder.path, "report.json");
const rows = join(folder.path, "vectors.jsonl");
writeFileSync(rows, "");
process.env[VECTOR_ROWS_FILE] = rows;
const suite = succeeds("vitest", [
  "run",
  "--dir=test",
  // Suites of whole nodes that take their time: a step of `npm run long`.
  "--exclude=**/*.slow.test.ts",
  // No test leaves anything behind that another would see, so files share their workers' modules.
  "--isolate=false",
  // Both cores: the default leaves one idle, which the suite's child processes do not fill.
  "--maxWorkers=2",
  // For a busy machine: what hangs fails all the same.
  "--testTimeout=300000",
  "--hookTimeout=300000",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${file}`,
  "--coverage",
  "--coverage.reporter=text-summary",
  "--coverage.reporter=text",
  "--coverage.skipFull",
  "--coverage.thresholds.branches=99",
  `--coverage.include=shared/{${COVERED.join(",")}}/**/*.ts`,
  "--coverage.exclude=**/assembly/**",
  ...process.argv.slice(2),
]);

process.stdout.write(vectorTable(readFileSync(rows, "utf8")));
const report = readReport(file);
const skipped = (report?.testResults ?? []).flatMap(({ assertionResults }) =>
  assertionResults.filter(({ status }) => status === "skipped" || status === "pending"),
);
for (const { fullName } of skipped) print(`skipped: ${fullName}`);
print(contractLine(report));

const passed = (report?.numPassedTests ?? 0) + checks.length - refused.length;
const failedTests = report?.numFailedTests ?? 1;
// A file that cannot even be loaded, or a missed threshold, fails without a failed test.
const failedOtherwise = !suite && failedTests === 0 ? 1 : 0;
const failed = failedTests + failedOtherwise + refused.length;
const beside = failedOtherwise === 0 ? [] : ["vitest, beside its tests: a threshold, or a file"];
for (const line of [...refused, ...failureLines(report), ...beside]) print(`failed: ${line}`);
print(`all of it: ${seconds(started)} s`);
print(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
