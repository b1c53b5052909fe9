/**
 * `node test/bench/start.ts [rounds]`: how long the bundle of `rpc` takes from its import until it is
 * ready, and until it has answered; each time in a new process.
 *
 * Ready is a function once its import has ended: its names are checked, every client is built, and
 * from then on a runtime hands over events. The first answer has a figure of its own, as it loads
 * what Node has for requests and responses of the web, TLS with it: 45 ms whatever the function is.
 * @module
 */
import { execFile } from "node:child_process";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { bundle } from "#infra/bundle.ts";
import { lateBuiltins } from "#infra/late-builtins.ts";
import { leaveOut } from "#infra/leave-out.ts";
import type { WANTED } from "#services/rpc/compose-aws.ts";
import { acceptBlock } from "#services/validate/accept-block.ts";
import { connectCandidates } from "#services/validate/connect.ts";
import { openSettledCity } from "../support/aws/settled-city.ts";
import { functionEvent, type TestRequest } from "../support/function-event.ts";
import { median } from "./rounds.ts";

const run = promisify(execFile);

/** Milliseconds are medians, but for the fastest start, and begin with the import. */
export interface StartFigures {
  /** Of all modules of the bundle, and of those that a start compiles. */
  readonly kilobytes: number;
  readonly startKilobytes: number;
  /** Bar: 150. */
  readonly readyMs: number;
  readonly fastestMs: number;
  /** Until ready, of the process in user and system mode: longer than the time where two cores work. */
  readonly readyCpuMs: number;
  /** Until a module is ready that holds a client of tables of the SDK's alone, bundled alike. */
  readonly clientMs: number;
  /** Until `/healthz` is answered, the first that is asked. */
  readonly answerMs: number;
  /** Until `getblock` is answered, with all that is first done then. */
  readonly blockMs: number;
  /** The same `getblock` once more: what of it is the tables and the work. */
  readonly againMs: number;
  /** Until a route of `/v1` is answered, which the first one loads. */
  readonly routeMs: number;
}

/** What the tables of a city do not name. */
const ENVIRONMENT: Partial<Record<(typeof WANTED)[number], string>> &
  Readonly<Record<string, string>> = {
  EXOS_ENVIRONMENT: "local",
  EXOS_CITY: "syd",
  EXOS_NETWORK: "exos-regtest",
  EXOS_QUEUE_BLOCKS: "http://127.0.0.1:9/exos-local-syd-blocks",
  EXOS_QUEUE_TRANSACTIONS: "http://127.0.0.1:9/exos-local-syd-transactions",
  EXOS_SECRETS: "/exos/local/syd",
  EXOS_RELEASE: "bench",
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
};

/** What every city compiles at least, and Node loads for it, whatever this project adds. */
const CLIENT = `
  import { GetItemCommand } from "@aws-sdk/client-dynamodb";
  import { createDynamoClient } from "#shared/adapters/aws/aws-clients.ts";
  const client = createDynamoClient();
  export const handler = () => client.send(new GetItemCommand({}));`;

async function bundleClient(outfile: string): Promise<void> {
  await build({
    stdin: { contents: CLIENT, resolveDir: import.meta.dirname },
    ...{ outfile, bundle: true, minify: true, platform: "node", target: "node24", format: "esm" },
    plugins: [leaveOut, lateBuiltins],
    mainFields: ["module", "main"],
    logLevel: "error",
  });
}

/** What one process took; milliseconds. */
interface Taken {
  readonly readyMs: number;
  readonly readyCpuMs: number;
  /** From the import until each event was answered. */
  readonly answersMs: readonly number[];
}

/** One process: imports the module, then has each event answered. */
async function startOnce(
  module: string,
  requests: readonly TestRequest[],
  environment: Readonly<Record<string, string>>,
): Promise<Taken> {
  const events = requests.map((request) => functionEvent(request));
  const code = `
    const before = process.cpuUsage();
    const at = performance.now();
    const since = () => performance.now() - at;
    const { handler } = await import(${JSON.stringify(module)});
    const readyMs = since();
    const { user, system } = process.cpuUsage(before);
    const answersMs = [];
    for (const event of ${JSON.stringify(events)}) {
      const answer = await handler(event);
      if (answer.statusCode !== 200) throw new Error("not answered: " + answer.body);
      answersMs.push(since());
    }
    console.log(JSON.stringify({ readyMs, readyCpuMs: (user + system) / 1_000, answersMs }));`;
  const words = ["--input-type=module", "-e", code];
  const env = { PATH: process.env["PATH"], ...ENVIRONMENT, ...environment };
  return JSON.parse((await run(process.execPath, words, { env })).stdout);
}

/** @param rounds of each kind of process, in turn: a slow moment meets all of them */
export async function benchStart(rounds: number): Promise<StartFigures> {
  await using folder = await mkdtempDisposable(join(tmpdir(), "exos-start-"));
  const made = (await bundle(folder.path)).find(({ name }) => name === "rpc");
  if (made === undefined) throw new RangeError("there is no bundle of rpc");
  const rpc = join(folder.path, "rpc", "lambda.mjs");
  const client = join(folder.path, "client.mjs");
  await bundleClient(client);
  await using city = await openSettledCity(40, ["chain", "coins", "index", "pool"]);
  await acceptBlock(city.next("stake"), city.deps);
  await connectCandidates(city.deps);

  const params = [city.chain.tip.hash, 2];
  const body = JSON.stringify({ method: "getblock", params, id: 1 });
  // By the name of the city: it has no edge here, and nobody who follows its chain.
  const block = { method: "POST", path: "/c/syd/", body };
  const kinds = {
    ready: { module: rpc, requests: [{ path: "/healthz" }] },
    client: { module: client, requests: [] },
    block: { module: rpc, requests: [block, block] },
    route: { module: rpc, requests: [{ path: "/c/syd/v1/tip" }] },
  };
  const taken: Record<keyof typeof kinds, Taken[]> = {
    ready: [],
    client: [],
    block: [],
    route: [],
  };
  for (let round = 0; round < rounds; round++) {
    for (const [kind, { module, requests }] of Object.entries(kinds)) {
      // The names are those above.
      taken[kind as keyof typeof kinds].push(await startOnce(module, requests, city.environment));
    }
  }
  const readyMs = taken.ready.map((one) => one.readyMs);
  const answered = (of: readonly Taken[], at = 0) =>
    of.map(
      ({ answersMs }) => (answersMs[at] ?? Number.NaN) - (at > 0 ? (answersMs[at - 1] ?? 0) : 0),
    );
  return {
    kilobytes: made.bytes / 1_000,
    startKilobytes: made.startBytes / 1_000,
    readyMs: median(readyMs),
    fastestMs: Math.min(...readyMs),
    readyCpuMs: median(taken.ready.map((one) => one.readyCpuMs)),
    clientMs: median(taken.client.map((one) => one.readyMs)),
    answerMs: median(answered(taken.ready)),
    blockMs: median(answered(taken.block)),
    againMs: median(answered(taken.block, 1)),
    routeMs: median(answered(taken.route)),
  };
}

if (import.meta.main) {
  const figures = await benchStart(Number(process.argv[2] ?? 15));
  const lines = Object.entries(figures).map(
    ([name, value]: [string, number]) => `${name.padEnd(16)}${value.toFixed(0).padStart(6)}`,
  );
  process.stdout.write(`${lines.join("\n")}\n`);
}
