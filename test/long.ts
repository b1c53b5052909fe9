/**
 * `npm run long [-- COMMAND …] [--short]`: what is too long for `npm test`, one command after the
 * other, then one line that counts. What lacks its vectors is skipped by name, and what takes an image
 * of a gigabyte runs only when it is named.
 * @module
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPython, PYTHON_WANTED } from "#services/cli/cloud/find-python.ts";
import { lacksDynamoLocal } from "./support/aws/dynamodb-local.ts";
import { hasGo } from "./support/btcd-process.ts";
import { runSuites } from "./support/run-suites.ts";
import { vectorsPath } from "./support/vectors.ts";

interface LongCommand {
  readonly about: string;
  /** Below the folder of vectors; without one of them the command is skipped. */
  readonly needs: readonly string[];
  /** Whether it is left out unless it is named. */
  readonly onlyNamed?: true;
  /** What else it needs; `undefined` where nothing is missing. */
  readonly lacks?: () => string | undefined | Promise<string | undefined>;
  /** Words after `node`, whole and short; or what to run here. */
  readonly run: ((short: boolean) => readonly string[]) | (() => Promise<boolean>);
}

const HEAVY = "exos-regtest/heavy.dat";
const REGTEST = "bitcoin-regtest/chain.bin";
const print = (line: string) => process.stdout.write(`${line}\n`);

/** From `npm start` to the first block minted by stake, on a quiet machine. */
const FIRST_BLOCK_MS_BAR = 30_000;
/** Whoever minted nothing for so long, on however busy a machine, never will. */
const FIRST_BLOCK_MS_MAX = 240_000;

/** `npm start` as the README prints it, in a data folder of its own, until it minted and Ctrl-C. */
async function startAndStop(): Promise<boolean> {
  using folder = mkdtempDisposableSync(join(tmpdir(), "exos-start-"));
  const startedMs = performance.now();
  const child = spawn("npm", ["start"], {
    env: { ...process.env, EXOS_DATADIR: folder.path },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that the signal reaches npm and the node, as from a terminal.
    detached: true,
  });
  const closed = once(child, "close");
  let said = "";
  let mintedMs: number | undefined;
  const hear = (text: string) => {
    said += text;
    if (mintedMs !== undefined || child.pid === undefined) return;
    const elapsedMs = performance.now() - startedMs;
    if (!said.includes("minted a block") && elapsedMs <= FIRST_BLOCK_MS_MAX) return;
    mintedMs = elapsedMs;
    process.kill(-child.pid, "SIGINT");
  };
  child.stdout.setEncoding("utf8").on("data", hear);
  child.stderr.setEncoding("utf8").on("data", hear);
  const [code] = await closed;
  print(/^A node of your own.*$/m.exec(said)?.[0] ?? said);
  const seconds = (ms: number) => (ms / 1_000).toFixed(1);
  const bar = seconds(FIRST_BLOCK_MS_BAR);
  print(`first block minted after ${seconds(mintedMs ?? 0)} s (bar ${bar} s)`);
  return mintedMs !== undefined && mintedMs <= FIRST_BLOCK_MS_MAX && code === 0;
}

/** Whether a script of `package.json` runs to its end. */
function npmRuns(name: string): boolean {
  return spawnSync("npm", ["run", name], { stdio: ["ignore", "inherit", "inherit"] }).status === 0;
}

/** Whether this user may mount a file system that nobody else sees. */
function hasMounts(): boolean {
  const words = ["-rm", "mount", "-t", "tmpfs", "none", tmpdir()];
  return spawnSync("unshare", words, { stdio: "ignore" }).status === 0;
}

async function lacksPython(): Promise<string | undefined> {
  return (await findPython(process.env)) === undefined ? PYTHON_WANTED : undefined;
}

const COMMANDS: Readonly<Record<string, LongCommand>> = {
  start: {
    about: "npm start, until the first block minted by stake, and Ctrl-C",
    needs: [],
    run: startAndStop,
  },
  assembly: {
    about: "the kept modules are what their sources give",
    needs: [],
    run: () => ["shared/crypto/assembly/compile.ts"],
  },
  chains: {
    about: "the long chains: import, export, snapshot, reorganisation",
    needs: [HEAVY, REGTEST],
    run: () => ["test/e2e/long-chains.ts"],
  },
  kill: {
    about: "SIGKILL at moments of two imports",
    needs: [HEAVY, "exos-regtest/chain.dat"],
    run: (short) => ["test/e2e/kill.ts", short ? "5" : "50"],
  },
  "kill-download": {
    about: "SIGKILL at moments of a download from a peer",
    needs: ["exos-regtest/chain.dat"],
    run: (short) => ["test/e2e/kill-download.ts", short ? "3" : "30"],
  },
  "full-disk": {
    about: "a download onto a disk that is full, and then has room",
    needs: ["exos-regtest/chain.dat"],
    lacks: () => (hasMounts() ? undefined : "a mount namespace of one's own (unshare -rm)"),
    run: () => ["test/e2e/full-disk.ts"],
  },
  synth: {
    about: "npm run bundle and npm run synth, as the README prints them",
    needs: [],
    run: async () => ["bundle", "synth"].every((name) => npmRuns(name)),
  },
  templates: {
    about: "every template, by the linter of the CDK",
    needs: [],
    run: () => ["infra/synth.ts", "prod", "--lint"],
  },
  "cfn-lint": {
    about: "every template, by the linter of CloudFormation, for the region it is deployed to",
    needs: [],
    lacks: lacksPython,
    run: () => ["test/e2e/cfn-lint.ts"],
  },
  model: {
    about: "the model of chain state over many seeds, and its mutants",
    needs: [],
    run: (short) => ["test/sim/chain-state-run.ts", short ? "300" : "10000"],
  },
  "model-dynamo": {
    about: "the same scenario over tables, on a bad day",
    needs: [],
    run: (short) => ["test/sim/chain-state-dynamo-run.ts", short ? "6" : "60"],
  },
  queues: {
    about: "cities whose queues lose, double and reorder, and whose workers die and freeze",
    needs: [],
    run: (short) => ["test/sim/hostile-queues-run.ts", short ? "13" : "500"],
  },
  minting: {
    about: "two hours of minting by stake in virtual time, for many seeds",
    needs: [],
    run: (short) => ["test/sim/minting-run.ts", short ? "1" : "20"],
  },
  cities: {
    about: "thirteen cities in one process: converge, cut 6/7, heal, restart",
    needs: [],
    run: () => ["test/e2e/fleet.ts"],
  },
  slow: {
    about: "the suites of whole nodes that npm test leaves out",
    needs: [],
    run: async () => runSuites(["slow.test"]),
  },
  fleets: {
    about: "thirteen nodes through loss, delay, doubling, restarts and cuts, for many seeds",
    needs: [],
    run: (short) => ["test/sim/fleet-run.ts", ...(short ? ["2", "13", "20"] : ["20", "13", "120"])],
  },
  differential: {
    about: "signature verification against two other engines",
    needs: [],
    run: (short) => ["test/bench/verify-differential.ts", short ? "4000" : "20000"],
  },
  fuzz: {
    about: "messages mutated from real ones, to nodes of both dialects",
    needs: ["exos-regtest/chain.dat", REGTEST],
    run: (short) => ["test/e2e/fuzz-messages.ts", short ? "20000" : "1000000"],
  },
  btcd: {
    about: "btcd downloads from us, and each follows the other",
    needs: [REGTEST],
    lacks: () => (hasGo() ? undefined : "Go"),
    run: () => ["test/e2e/btcd.ts"],
  },
  image: {
    about: "the image of all services, in a container as an external city runs it",
    needs: [],
    run: () => ["test/e2e/image.ts"],
  },
  contracts: {
    about: "the contract suites of the AWS adapters on a local endpoint",
    needs: [],
    lacks: lacksPython,
    run: (short) => ["test/e2e/endpoint-contracts.ts", ...(short ? ["--short"] : [])],
  },
  "city-chains": {
    about: "300 and 3,121 recorded blocks through the stores of a city, against embedded ones",
    needs: ["stratis/blk0001.dat", "exos-regtest/chain.dat"],
    run: (short) => ["test/e2e/city-chains.ts", ...(short ? ["--blocks", "300"] : [])],
  },
  "endpoint-chains": {
    about: "the same on a local endpoint",
    needs: ["stratis/blk0001.dat", "exos-regtest/chain.dat"],
    lacks: lacksPython,
    run: (short) => [
      "test/e2e/endpoint-contracts.ts",
      "--chains",
      ...(short ? ["--blocks", "100"] : []),
    ],
  },
  "dynamo-local": {
    about: "the suites of tables on Amazon's own engine",
    needs: [],
    lacks: lacksDynamoLocal,
    run: (short) => ["test/e2e/dynamo-local.ts", ...(short ? ["--short"] : [])],
  },
  cloud: {
    about: "a city deployed to a local endpoint: followed, reorganised, killed, restarted, removed",
    needs: [],
    lacks: lacksPython,
    run: () => ["services/cli/main.ts", "cloud", "rehearse"],
  },
  "cloud-up": {
    about: "a city started and ended, on an emulator of its own and on one that is named",
    needs: [],
    lacks: lacksPython,
    run: () => ["test/e2e/cloud-up.ts"],
  },
  "cloud-driven": {
    about: "the same city with its functions driven from here",
    needs: [],
    onlyNamed: true,
    lacks: lacksPython,
    run: () => ["services/cli/main.ts", "cloud", "rehearse", "--drive"],
  },
  localstack: {
    about: "the same on LocalStack 4.14.0, in a container",
    needs: [],
    onlyNamed: true,
    run: () => ["test/e2e/localstack-city.ts"],
  },
  "localstack-contracts": {
    about: "the contract suites of the AWS adapters on LocalStack 4.14.0",
    needs: [],
    onlyNamed: true,
    run: () => ["test/e2e/endpoint-contracts.ts", "--localstack"],
  },
  bench: {
    about: "the figures that have a bar",
    needs: [],
    run: (short) => ["test/bench/main.ts", ...(short ? ["--short"] : [])],
  },
};

const SAID = { passed: "ok", failed: "FAILED", skipped: "skipped" } as const;
type Outcome = keyof typeof SAID;

/** Of a command that found out by itself that something is absent, and said so by name. */
const SKIPPED_STATUS = 77;

async function outcomeOf({ run }: LongCommand, short: boolean): Promise<Outcome> {
  const words = run(short);
  if (words instanceof Promise) return (await words) ? "passed" : "failed";
  const { status } = spawnSync(process.execPath, words, {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status === SKIPPED_STATUS) return "skipped";
  return status === 0 ? "passed" : "failed";
}

const short = process.argv.includes("--short");
const named = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const unknown = named.find((name) => COMMANDS[name] === undefined);
if (unknown !== undefined) {
  print(`there is no command "${unknown}"; there are ${Object.keys(COMMANDS).join(", ")}`);
  process.exit(2);
}
const counts = { passed: 0, failed: 0, skipped: 0 };
const failed: string[] = [];
for (const [name, command] of Object.entries(COMMANDS)) {
  if (named.length > 0 ? !named.includes(name) : command.onlyNamed === true) continue;
  const files = command.needs.filter((file) => vectorsPath(file) === undefined);
  const absent = files.length > 0 ? `${files.join(", ")} of the vectors` : await command.lacks?.();
  if (absent !== undefined) {
    print(`skipped: ${name}, ${command.about}: ${absent} is absent`);
    counts.skipped++;
    continue;
  }
  print(`\n${name}: ${command.about}`);
  const started = performance.now();
  const outcome = await outcomeOf(command, short);
  counts[outcome]++;
  if (outcome === "failed") failed.push(`${name}, ${command.about}`);
  print(`${name}: ${SAID[outcome]}, ${((performance.now() - started) / 1_000).toFixed(1)} s`);
}
for (const line of failed) print(`failed: ${line}`);
print(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;
