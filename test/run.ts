/**
 * What `npm test` runs: format, lint and types, beside them the whole suite once, the tests of the
 * pure folders with coverage, all others without, then the table of shared vectors, and one line that
 * counts. Arguments are handed to vitest, for a part of the suite and without coverage.
 */
import { spawn } from "node:child_process";
import { globSync, mkdtempDisposableSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RUN_FOLDER } from "./support/run-folder.ts";
import { SLOW, SUITE_WORDS } from "./support/run-suites.ts";
import {
  missedFiles,
  readReport,
  SUITE_REPORT_FILE,
  type SuiteReport,
} from "./support/suite-report.ts";
import { VECTOR_ROWS_FILE, vectorTable } from "./support/vector-report.ts";

const COVERED = ["codec", "crypto", "script", "consensus", "coins", "p2p", "wallet"];

/**
 * How the paths of those tests begin that cover the pure folders. Coverage slows everything that
 * runs in its processes by a third, so all others are left out of it.
 */
const COVERING = [
  ...[...COVERED, "messages", "ports", "primitives"].map((folder) => `shared/${folder}/`),
  ...["hash", "judge", "merkle", "muhash", "parse", "vector", "verify"].map((at) => `shared/${at}`),
  ...["coin", "dynamo-coin", "header", "pool", "signer", "tip"].map((port) => `ports/${port}`),
  ...["build", "city.", "container", "core", "hand", "minter"].map((at) => `services/stake/${at}`),
  ...["recorded", "sign", "slot", "staking", "take"].map((at) => `services/stake/${at}`),
  "services/validate/mempool",
];

const SUITE = [
  ...SUITE_WORDS,
  `--exclude=${SLOW}`,
  // No test leaves anything behind that another would see, so files share their workers' modules.
  "--isolate=false",
  // Node strips the types itself, and nothing is mocked: a file is loaded as it is when it runs.
  "--experimental.viteModuleRunner=false",
  "--experimental.nodeLoader=false",
];

const COVERAGE = [
  "--coverage",
  "--coverage.reporter=text-summary",
  "--coverage.reporter=text",
  "--coverage.skipFull",
  "--coverage.thresholds.branches=99",
  `--coverage.include=shared/{${COVERED.join(",")}}/**/*.ts`,
  "--coverage.exclude=**/assembly/**",
];

const print = (line: string) => process.stdout.write(`${line}\n`);

/** @param live as it comes; else when the tool has ended, since others run beside it */
async function succeeds(
  label: string,
  [name = "", ...args]: readonly string[],
  { live = false } = {},
): Promise<boolean> {
  const started = performance.now();
  const tool = spawn(join("node_modules", ".bin", name), args, {
    stdio: ["ignore", live ? "inherit" : "pipe", live ? "inherit" : "pipe"],
  });
  const said: Buffer[] = [];
  for (const stream of [tool.stdout, tool.stderr]) {
    stream?.on("data", (chunk: Buffer) => said.push(chunk));
  }
  const { promise, resolve } = Promise.withResolvers<boolean>();
  tool.on("error", ({ message }) => {
    said.push(Buffer.from(`${message}\n`));
    resolve(false);
  });
  tool.on("close", (code) => resolve(code === 0));
  const ok = await promise;
  process.stdout.write(Buffer.concat(said));
  print(`${label}: ${ok ? "ok" : "FAILED"}, ${seconds(started)} s`);
  return ok;
}

function seconds(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}

/** What the suites of ports say, over all adapters and endpoints. @source cloud.md 14.1 */
function contractLine(all: SuiteReport["cases"]): string {
  const cases = all.filter(({ file }) => file.startsWith("test/ports/"));
  const run = cases.filter(({ state }) => state === "passed" || state === "failed").length;
  return `contract: ${cases.length} cases, ${run} run, ${cases.length - run} skipped`;
}

const started = performance.now();
// What is written in Go, the compiler and the bundler, spends half its seconds on its garbage.
process.env["GOGC"] = "400";
// Beside the first suite, whose child processes leave a core idle now and then.
const checking = Promise.all([
  succeeds("biome", ["biome", "check", "--error-on-warnings"]),
  // One checker infers nothing twice: several are done sooner only where nothing else runs.
  succeeds("tsc", ["tsc", "--checkers", "1"]),
]);

using folder = mkdtempDisposableSync(join(tmpdir(), "exos-test-"));
const rows = join(folder.path, "vectors.jsonl");
writeFileSync(rows, "");
process.env[VECTOR_ROWS_FILE] = rows;
process.env[RUN_FOLDER] = folder.path;
// Whatever a test leaves in the folder for temporary files goes with it.
process.env["TMPDIR"] = folder.path;
// What threads and child processes compile and strip of types, they do once for all that follow.
process.env["NODE_COMPILE_CACHE"] = join(folder.path, "compiled");
const [, , ...words] = process.argv;
const isWhole = words.length === 0;
const suites: readonly (readonly [name: string, args: readonly string[]])[] = isWhole
  ? [
      ["others", COVERING.map((path) => `--exclude=**/${path}{*,*/**}`)],
      ["covered", [...COVERAGE, ...COVERING.map((path) => `test/${path}`)]],
    ]
  : [["part", words]];
const ended: { readonly name: string; readonly ok: boolean; readonly report: SuiteReport }[] = [];
// One after the other: each fills both cores, and together they take a tenth longer.
for (const [name, args] of suites) {
  const path = join(folder.path, `${name}.json`);
  process.env[SUITE_REPORT_FILE] = path;
  const ok = await succeeds(name, ["vitest", ...SUITE, ...args], { live: true });
  ended.push({ name, ok, report: readReport(path) });
}

const checks = await checking;
const refused = ["biome", "tsc"].filter((_, at) => !checks[at]);

process.stdout.write(vectorTable(readFileSync(rows, "utf8")));
const files = ended.flatMap(({ report }) => report.files);
const cases = ended.flatMap(({ report }) => report.cases);
const skipped = cases.filter(({ state }) => state === "skipped" || state === "pending");
for (const { name } of skipped) print(`skipped: ${name}`);
print(contractLine(cases));

const failures = [
  ...refused,
  ...ended.flatMap(({ report }) => report.failures),
  // A missed threshold, or a suite that died before it could report, fails without a failed test.
  ...ended.flatMap(({ name, ok, report }) =>
    ok || report.failures.length > 0 ? [] : [`${name}: beside its tests`],
  ),
  ...(isWhole ? missedFiles(globSync("test/**/*.test.ts", { exclude: [SLOW] }), { files }) : []),
];
for (const line of failures) print(`failed: ${line}`);
print(`all of it: ${seconds(started)} s`);
const passed =
  cases.filter(({ state }) => state === "passed").length + checks.length - refused.length;
print(`${passed} passed, ${failures.length} failed, ${skipped.length} skipped`);
process.exitCode = failures.length === 0 ? 0 : 1;
