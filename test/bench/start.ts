/**
 * `node test/bench/start.ts [rounds]`: how long the bundle of `rpc` takes from its import until it can
 * be asked, and until it has answered a block out of tables; each time in a new process. Ready is the
 * first answer of `/healthz`, with its names checked and every client built.
 * @module
 */
import { execFile } from "node:child_process";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { bundle } from "#infra/bundle.ts";
import { leaveOut } from "#infra/leave-out.ts";
import type { WANTED } from "#services/rpc/compose-aws.ts";
import { acceptBlock } from "#services/validate/accept-block.ts";
import { connectCandidates } from "#services/validate/connect.ts";
import { openSettledCity } from "../support/aws/settled-city.ts";
import { functionEvent, type TestRequest } from "../support/function-event.ts";
import { median } from "./rounds.ts";

const run = promisify(execFile);

/** Milliseconds are medians, but for the fastest start. */
export interface StartFigures {
  /** Of all modules of the bundle, and of those that a start compiles. */
  readonly kilobytes: number;
  readonly startKilobytes: number;
  /** Bar: 150. */
  readonly readyMs: number;
  readonly fastestMs: number;
  /** The same of a module that holds the SDK's client of tables and one response, bundled alike. */
  readonly clientMs: number;
  /** From the import until `getblock` is answered, with all that is first done then. */
  readonly blockMs: number;
  /** The same `getblock` once more: what of it is the tables and the work. */
  readonly againMs: number;
  /** From the import until a route of `/v1` is answered, which the first one loads. */
  readonly routeMs: number;
}

/** What the tables of a city do not name. */
const ENVIRONMENT: Partial<Record<(typeof WANTED)[number], string>> &
  Readonly<Record<string, string>> = {
  EXOS_ENVIRONMENT: "local",
  EXOS_CITY: "syd",
  EXOS_NETWORK: "exos-regtest",
  EXOS_QUEUE_BLOCKS: "http://127.0.0.1:9/blocks",
  EXOS_QUEUE_TRANSACTIONS: "http://127.0.0.1:9/transactions",
  EXOS_SECRETS: "/exos/local/syd",
  EXOS_RELEASE: "bench",
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
};

/** What every city compiles at least, and Node loads for it, whatever this project adds. */
const CLIENT = `
  import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
  const client = new DynamoDBClient({});
  export const handler = async () => (client && GetItemCommand && new Response("")).status;`;

async function bundleClient(outfile: string): Promise<void> {
  await build({
    stdin: { contents: CLIENT, resolveDir: import.meta.dirname },
    ...{ outfile, bundle: true, minify: true, platform: "node", target: "node24", format: "esm" },
    plugins: [leaveOut],
    mainFields: ["module", "main"],
    logLevel: "error",
  });
}

/** One process: imports the module, then has each event answered. @returns milliseconds of each */
async function startOnce(
  module: string,
  requests: readonly TestRequest[],
  environment: Readonly<Record<string, string>>,
): Promise<readonly number[]> {
  const events = requests.map((request) => functionEvent(request));
  const code = `
    let at = performance.now();
    const { handler } = await import(${JSON.stringify(module)});
    const taken = [];
    for (const event of ${JSON.stringify(events)}) {
      const answer = await handler(event);
      if ((answer.statusCode ?? answer) !== 200) throw new Error("not answered: " + answer.body);
      taken.push(performance.now() - at);
      at = performance.now();
    }
    console.log(JSON.stringify(taken));`;
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
    client: { module: client, requests: [{ path: "/" }] },
    block: { module: rpc, requests: [block, block] },
    route: { module: rpc, requests: [{ path: "/c/syd/v1/tip" }] },
  };
  const taken: Record<keyof typeof kinds, (readonly number[])[]> = {
    ...{ ready: [], client: [], block: [], route: [] },
  };
  for (let round = 0; round < rounds; round++) {
    for (const [kind, { module, requests }] of Object.entries(kinds)) {
      // The names are those above.
      taken[kind as keyof typeof kinds].push(await startOnce(module, requests, city.environment));
    }
  }
  const all = (kind: keyof typeof kinds, at = 0) => taken[kind].map((one) => one[at] ?? Number.NaN);
  return {
    kilobytes: made.bytes / 1_000,
    startKilobytes: made.startBytes / 1_000,
    readyMs: median(all("ready")),
    fastestMs: Math.min(...all("ready")),
    clientMs: median(all("client")),
    blockMs: median(all("block")),
    againMs: median(all("block", 1)),
    routeMs: median(all("route")),
  };
}

if (import.meta.main) {
  const figures = await benchStart(Number(process.argv[2] ?? 15));
  const lines = Object.entries(figures).map(
    ([name, value]: [string, number]) => `${name.padEnd(16)}${value.toFixed(0).padStart(6)}`,
  );
  process.stdout.write(`${lines.join("\n")}\n`);
}
