import dns from "node:dns";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import { CITIES } from "#regions/fleet.ts";
import { composeRotation } from "#services/cli/fleet/compose-rotation.ts";
import { afterLines, beforeLines } from "#services/cli/fleet/rotate-machines.ts";
import { rotateSecret, SPREAD_MS } from "#services/cli/fleet/rotate-secret.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import {
  type CannedAnswer,
  openCannedEndpoint,
  xmlAnswer,
} from "../../support/aws/canned-endpoint.ts";

const { vector: STORE, ...FACTS } = EXAMPLE_DEPLOYMENT;
const deployment = { ...FACTS, vector: undefined };
const ACCOUNT = deployment.accounts.prod;
const cities = CITIES.filter(({ code }) => code === "syd" || code === "lon");
const OLD = "11".repeat(32);

/** Parameters by region and name, and the edge's entry, as the services keep them. */
const parameters = new Map<string, string>();
let edge = { value: OLD as string | undefined, version: 1 };
/** Which request is refused, from 1. */
let refusedAt = 0;
/** Answered by another writer's change, so often. */
let conflicts = 0;
const changes: string[] = [];

/** What is asked before anything is changed. */
const LOOKS = ["GetCallerIdentity", "DescribeStacks"];

/** The edge as CloudFormation tells of it: nobody wrote the name of its store down. */
function edgeStack(): string {
  const output = `<OutputKey>VectorStore</OutputKey><OutputValue>${STORE}</OutputValue>`;
  return `<Stacks><member><StackStatus>CREATE_COMPLETE</StackStatus><Outputs><member>${output}</member></Outputs></member></Stacks>`;
}

function fail(status: number, __type: string): CannedAnswer {
  return {
    status,
    text: JSON.stringify({ __type, message: "" }),
    headers: { "x-amzn-errortype": __type },
  };
}

function parameterStore(what: string, region: string, body: string): CannedAnswer {
  const { Name, Value } = JSON.parse(body);
  const key = `${region} ${Name}`;
  const found = parameters.get(key);
  if (what === "PutParameter") {
    changes.push(`put ${key}`);
    parameters.set(key, Value);
    return JSON.stringify({ Version: 1 });
  }
  if (found === undefined) return fail(400, "ParameterNotFound");
  if (what === "GetParameter") return JSON.stringify({ Parameter: { Name, Value: found } });
  changes.push(`delete ${key}`);
  parameters.delete(key);
  return "{}";
}

const endpoint = await openCannedEndpoint(({ what, body, headers }): CannedAnswer => {
  const signed = headers.authorization ?? "";
  if (what === "GetCallerIdentity") return xmlAnswer(what, `<Account>${ACCOUNT}</Account>`);
  if (what === "DescribeStacks") return xmlAnswer(what, edgeStack());
  if (endpoint.asked.filter((one) => !LOOKS.includes(one.what)).length === refusedAt) {
    return fail(400, "AccessDeniedException");
  }
  if (/Parameter$/.test(what)) {
    const region = /Credential=[^/]+\/\d+\/([\w-]+)\/ssm\//.exec(signed)?.[1] ?? "";
    return parameterStore(what, region, body);
  }
  // One signature for all regions, which the service takes alone.
  if (!signed.startsWith("AWS4-ECDSA-P256-SHA256 ")) return fail(403, "AccessDeniedException");
  expect(headers.host?.startsWith(`${ACCOUNT}.localhost`)).toBe(true);
  expect(headers["x-amz-region-set"]).toBeDefined();
  const counts = { ItemCount: 1, TotalSizeInBytes: 64 };
  const etag = { etag: `E${edge.version}` };
  if (what.startsWith("GET") && !what.includes("/keys/")) {
    const text = JSON.stringify({ ...counts, KvsARN: STORE, Created: 0 });
    return { status: 200, text, headers: etag };
  }
  if (what.startsWith("GET")) {
    return edge.value === undefined
      ? fail(404, "ResourceNotFoundException")
      : JSON.stringify({ ...counts, Key: "edge-key", Value: edge.value });
  }
  if (conflicts-- > 0) edge = { ...edge, version: edge.version + 1 };
  if (headers["if-match"] !== `E${edge.version}`) return fail(409, "ConflictException");
  edge = { value: JSON.parse(body).Value, version: edge.version + 1 };
  changes.push("edge");
  return { status: 200, text: JSON.stringify(counts), headers: { etag: `E${edge.version}` } };
});
const url = endpoint.url.replace("127.0.0.1", "localhost");
vi.stubEnv("AWS_ENDPOINT_URL", url);
vi.stubEnv("AWS_ACCESS_KEY_ID", "none");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "none");
// The store is asked at a host of the account's own, which no name server knows here.
const { lookup } = dns;
const names = vi
  .spyOn(dns, "lookup")
  .mockImplementation(((_: string, ...rest: unknown[]) =>
    Reflect.apply(lookup, dns, ["127.0.0.1", ...rest])) as typeof dns.lookup);
afterAll(async () => {
  names.mockRestore();
  vi.unstubAllEnvs();
  await endpoint[Symbol.asyncDispose]();
});

const at = (code: string) => (code === "syd" ? "ap-southeast-2" : "eu-west-2");
const now = (code: string) => parameters.get(`${at(code)} /exos/prod/${code}/edge-key`);
const next = (code: string) => parameters.get(`${at(code)} /exos/prod/${code}/edge-key-next`);

beforeEach(() => {
  parameters.clear();
  for (const { code } of cities) parameters.set(`${at(code)} /exos/prod/${code}/edge-key`, OLD);
  edge = { value: OLD, version: 1 };
  [refusedAt, conflicts, endpoint.asked.length, changes.length] = [0, 0, 0, 0];
});

/** The command as it is composed, but for the time it waits. */
async function rotate(others: "none" | "told" | "untold" = "none") {
  let waitedMs = 0;
  const deps = await composeRotation(
    {
      ...{ environment: {}, signal: new AbortController().signal, say: () => undefined },
      ...{ fleet: "prod", cities, edge: true, deployment },
    },
    { cities, others },
  );
  const clock = {
    async sleep(ms: number) {
      // In every moment every city accepts what the edge signs with.
      for (const { code } of cities) expect([now(code), next(code)]).toContain(edge.value);
      waitedMs += ms;
    },
  };
  return { ...(await rotateSecret({ ...deps, clock })), waitedMs };
}

function isRotated(): void {
  expect(edge.value).toMatch(/^[0-9a-f]{64}$/);
  expect(edge.value).not.toBe(OLD);
  for (const { code } of cities) expect([now(code), next(code)]).toEqual([edge.value, undefined]);
}

describe("the rotation of the edge's key at AWS", () => {
  it("writes the next one in each city's region, then the edge, then puts it in its place", async () => {
    expect(await rotate()).toEqual({ state: "done", waitedMs: 2 * SPREAD_MS });
    isRotated();
    const of = (code: string, name: string) => `${at(code)} /exos/prod/${code}/${name}`;
    expect(changes).toEqual([
      `put ${of("syd", "edge-key-next")}`,
      `put ${of("lon", "edge-key-next")}`,
      "edge",
      ...["syd", "lon"].flatMap((code) => [
        `put ${of(code, "edge-key")}`,
        `delete ${of(code, "edge-key-next")}`,
      ]),
    ]);
    const secure = endpoint.asked.filter(({ what }) => what === "PutParameter");
    expect(secure.every(({ body }) => JSON.parse(body).Type === "SecureString")).toBe(true);
  });

  it("sets the entry of an edge that had none, and beside another writer", async () => {
    edge = { value: undefined, version: 7 };
    conflicts = 2;
    // Before its first key the edge signs with nothing, and nobody is behind it.
    const { state } = await rotateWithoutEdge();
    expect(state).toBe("done");
    isRotated();
  });

  // At each call of its ports it is killed in rotate-secret.test.ts.
  it("refused at a request, says why without a key in it, and goes on by the same command", async () => {
    await rotate();
    const requests = endpoint.asked.length - 1;
    expect(requests).toBeGreaterThan(9);
    for (let request = 1; request <= requests; request += 3) {
      parameters.clear();
      for (const { code } of cities) parameters.set(`${at(code)} /exos/prod/${code}/edge-key`, OLD);
      edge = { value: OLD, version: 1 };
      [refusedAt, endpoint.asked.length] = [request, 0];
      const fault = await rotate().catch((cause: unknown) => cause);
      expect(fault, `request ${request}`).toBeInstanceOf(StoreFault);
      expect(fault).toMatchObject({ code: "EXOS-E8104", retryable: false });
      expect(String(fault)).not.toMatch(/[0-9a-f]{64}/);
      refusedAt = 0;
      await rotate();
      isRotated();
    }
  });

  it("leaves the edge as it is while machines outside AWS were not told", async () => {
    expect(await rotate("untold")).toEqual({ state: "others", waitedMs: 0 });
    expect(edge.value).toBe(OLD);
    const given = next("syd");
    expect(await rotate("told")).toMatchObject({ state: "done" });
    expect(edge.value).toBe(given);
    isRotated();
  });
});

async function rotateWithoutEdge() {
  const deps = await composeRotation(
    {
      ...{ environment: {}, signal: new AbortController().signal, say: () => undefined },
      ...{ fleet: "prod", cities, edge: true, deployment },
    },
    { cities, others: "none" },
  );
  return rotateSecret({ ...deps, clock: { sleep: async () => undefined } });
}

describe("what an operator of machines is told", () => {
  const machines = CITIES.filter(({ host }) => host.kind === "external");
  const [first] = cities;
  if (first === undefined) throw new RangeError("no city is on AWS");
  const place = { machines, fleet: "prod", first, deployment };

  it("names each machine, where the key is read and where it is written, and no key", () => {
    const before = beforeLines(place).join("\n");
    for (const { code } of machines) expect(before).toContain(`${code}.origin.exos.example`);
    expect(before).toContain("--region ap-southeast-2 --name /exos/prod/syd/edge-key-next");
    const write = "sudo install -o 10001 -m 0400 /dev/stdin /etc/exos/secrets/edge-key-next";
    expect(before).toContain(`ssh exos-operator@HOST ${write} <KEYFILE\n`);
    expect(before).toContain("rendered without an operator");
    const after = afterLines(place).join("\n");
    expect(after).toContain("mv /etc/exos/secrets/edge-key-next /etc/exos/secrets/edge-key");
    expect(afterLines({ ...place, machines: [] })).toEqual([]);
  });
});
