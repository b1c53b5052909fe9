import { execFile } from "node:child_process";
import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle } from "#infra/bundle.ts";
import type { WANTED } from "#services/rpc/compose-aws.ts";
import { acceptBlock } from "#services/validate/accept-block.ts";
import { connectCandidates } from "#services/validate/connect.ts";
import { openSettledCity, type SettledCity } from "../support/aws/settled-city.ts";
import { functionEvent } from "../support/function-event.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/test-node.ts";
import { openTraceCollector } from "../support/trace-collector.ts";

const run = promisify(execFile);
const { path: folder, ...held }: TemporaryFolder = temporaryFolder();
let city: SettledCity;

/** What the tables of a city do not name. */
const NAMES: Partial<Record<(typeof WANTED)[number], string>> & Readonly<Record<string, string>> = {
  EXOS_ENVIRONMENT: "local",
  EXOS_CITY: "syd",
  EXOS_NETWORK: "exos-regtest",
  EXOS_QUEUE_BLOCKS: "http://127.0.0.1:9/exos-local-syd-blocks",
  EXOS_QUEUE_TRANSACTIONS: "http://127.0.0.1:9/exos-local-syd-transactions",
  EXOS_SECRETS: "/exos/local/syd",
  EXOS_RELEASE: "test",
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "canary-of-a-secret",
};

/** A process that has the bundle answer `getblock`. @returns all that it printed, the height at the end */
async function answered(environment: Readonly<Record<string, string>>): Promise<string> {
  const body = JSON.stringify({ method: "getblock", params: [city.chain.tip.hash], id: 1 });
  const event = functionEvent({ method: "POST", path: "/c/syd/", body });
  const code = `
    const { handler } = await import(${JSON.stringify(join(folder, "rpc", "lambda.mjs"))});
    const { statusCode, body } = await handler(${JSON.stringify(event)});
    // Frozen as a function is: what was not handed over by now never is.
    console.log(statusCode, JSON.parse(body).result.height);
    process.kill(process.pid, "SIGKILL");`;
  const words = ["--input-type=module", "-e", code];
  const env = { PATH: process.env["PATH"], ...NAMES, ...city.environment, ...environment };
  const ended = run(process.execPath, words, { env });
  return ended.then(
    () => Promise.reject(new RangeError("it was to be killed")),
    ({ stdout, stderr, signal }: Record<"stdout" | "stderr" | "signal", string>) => {
      expect(signal, stderr).toBe("SIGKILL");
      return stdout;
    },
  );
}

beforeAll(async () => {
  await bundle(folder, ["rpc"]);
  city = await openSettledCity(1, ["chain", "coins", "index", "pool"]);
  // Of those before, the bodies are not there.
  await acceptBlock(city.next("work"), city.deps);
  await connectCandidates(city.deps);
});
afterAll(async () => {
  held[Symbol.dispose]();
  await city[Symbol.asyncDispose]();
});

describe("the function that answers callers, as it is deployed", () => {
  it("hands over a request with the calls of its tables before it returns", async () => {
    await using collector = await openTraceCollector();
    const told = { EXOS_TRACES: collector.endpoint, EXOS_TRACES_PERCENT: "100" };
    expect(await answered({ ...told, AWS_LAMBDA_FUNCTION_NAME: "exos-test-syd-rpc" })).toBe(
      `200 ${city.chain.tip.height}\n`,
    );
    const request = collector.spans.find(({ name }) => name === "POST json-rpc");
    const call = collector.spans.find(({ name }) => name === "getblock");
    expect(request).toMatchObject({
      kind: 2,
      attributes: { "http.response.status_code": 200, "exos.city": "syd" },
      resource: { "service.name": "exos-rpc", "faas.name": "exos-test-syd-rpc" },
    });
    expect(call?.parentSpanId).toBe(request?.spanId);
    const reads = collector.spans.filter(({ name }) => name === "DynamoDB.GetItem");
    expect(reads.length).toBeGreaterThan(0);
    for (const read of reads) {
      expect(read).toMatchObject({ kind: 3, traceId: request?.traceId });
      expect(read.attributes["db.collection.name"]).toMatch(/chain|coins|index/);
    }
    for (const secret of ["canary-of-a-secret", city.chain.tip.hash]) {
      expect(collector.bodies.join()).not.toContain(secret);
    }
  });

  it("asks nobody and loads nothing of it unless told to, and does its work without it", async () => {
    await using collector = await openTraceCollector();
    for (const path of globSync(join(folder, "rpc", "otel-traces-*"))) rmSync(path);
    expect(await answered({})).toBe(`200 ${city.chain.tip.height}\n`);
    const told = { EXOS_TRACES: collector.endpoint, EXOS_TRACES_PERCENT: "100" };
    const said = await answered(told);
    expect(said).toMatch(/\n200 \d+\n$/);
    expect(said.match(/EXOS-E8150/g)).toHaveLength(1);
    expect(collector.bodies).toEqual([]);
  });
});
