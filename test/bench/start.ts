/**
 * `node test/bench/start.ts [rounds]`: how long the bundle of `rpc` takes from its import until it can
 * be asked, each time in a new process. Ready is the first answer of `/healthz`.
 * @module
 */
import { execFile } from "node:child_process";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundle } from "#infra/bundle.ts";
import type { WANTED } from "#services/rpc/compose-aws.ts";
import { functionEvent } from "../support/function-event.ts";

const run = promisify(execFile);

/** Of the bundle, and of its fastest start. */
export interface StartFigures {
  readonly kilobytes: number;
  readonly readyMs: number;
}

const ENVIRONMENT: Readonly<Record<(typeof WANTED)[number], string>> = {
  EXOS_ENVIRONMENT: "local",
  EXOS_CITY: "syd",
  EXOS_NETWORK: "exos-regtest",
  EXOS_TABLE_CHAIN: "chain",
  EXOS_TABLE_COINS: "coins",
  EXOS_BUCKET_CHAIN: "bucket",
  EXOS_TABLE_POOL: "pool",
  EXOS_TABLE_INDEX: "index",
  EXOS_QUEUE_BLOCKS: "http://127.0.0.1:9/blocks",
  EXOS_QUEUE_TRANSACTIONS: "http://127.0.0.1:9/transactions",
  EXOS_SECRETS: "/exos/local/syd",
  EXOS_RELEASE: "bench",
};

/** @param rounds processes; the fastest counts, since whatever else the machine does only adds */
export async function benchStart(rounds: number): Promise<StartFigures> {
  await using folder = await mkdtempDisposable(join(tmpdir(), "exos-start-"));
  const made = await bundle(folder.path);
  const bytes = made.find(({ name }) => name === "rpc")?.bytes ?? Number.NaN;
  const code = `
    const started = performance.now();
    const { handler } = await import(${JSON.stringify(join(folder.path, "rpc", "lambda.mjs"))});
    const answer = await handler(${JSON.stringify(functionEvent({ path: "/healthz" }))});
    if (answer.statusCode !== 200) throw new Error("not ready: " + answer.body);
    console.log(performance.now() - started);`;
  const taken: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const env = { ...process.env, ...ENVIRONMENT, AWS_REGION: "us-east-1" };
    const child = ["--input-type=module", "-e", code];
    taken.push(Number((await run(process.execPath, child, { env })).stdout));
  }
  return { kilobytes: bytes / 1_000, readyMs: Math.min(...taken) };
}

if (import.meta.main) {
  const { kilobytes, readyMs } = await benchStart(Number(process.argv[2] ?? 10));
  process.stdout.write(`rpc: ${kilobytes.toFixed(0)} KB, ready after ${readyMs.toFixed(0)} ms\n`);
}
