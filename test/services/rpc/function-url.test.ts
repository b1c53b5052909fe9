import { createHmac } from "node:crypto";
import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cityAccess } from "#services/rpc/city/city-access.ts";
import { createCityRouter } from "#services/rpc/city-router.ts";
import { composeEmbedded, type EmbeddedRpc } from "#services/rpc/compose-embedded.ts";
import { listen, type RpcListeners } from "#services/rpc/container.ts";
import type { RpcDeps } from "#services/rpc/deps.ts";
import {
  bufferedHandler,
  runtimeOf,
  type StreamingRuntime,
  streamingHandler,
} from "#services/rpc/http/function-door.ts";
import type { AnswerHead } from "#services/rpc/http/function-url.ts";
import { createRateLimit } from "#services/rpc/http/rate-limit.ts";
import { edgeStampText } from "#shared/fleet/edge-stamp.ts";
import type { Secrets } from "#shared/ports/secrets.ts";
import { functionEvent, type TestRequest } from "../../support/function-event.ts";
import { createRpcNode, type RpcNode, recordedBlocks } from "../../support/rpc-node.ts";

const TXID = "ca3e89b732c2bbfd89daf16704686d3538b04634616ef9656bde5ebd5c738540";
const blocks = recordedBlocks(540);
const node = blocks === undefined ? undefined : await createRpcNode(blocks, { city: "syd" });
const KEY = "the edge's key";
const VIEWER = "192.0.2.7";
const secrets: Secrets = {
  get: async (name) => (name === "edge-key" ? KEY : undefined),
};

const rpc = (body: unknown, path = "/"): TestRequest => ({
  method: "POST",
  path,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

/** One of each kind: dialects, verbs, refusals, pins, odd paths, bodies of bytes and of none. */
const REQUESTS: readonly TestRequest[] = [
  { path: "/healthz" },
  { path: "/readyz" },
  { path: "/readyz?maxlag=x" },
  { path: "/metrics" },
  { path: "/v1/tip" },
  { path: "/c/syd/v1/tip" },
  { path: "/c/lon/v1/tip" },
  { path: "/v1/tip", method: "HEAD" },
  { path: "/v1/tip", method: "OPTIONS", headers: { origin: "https://exos.example" } },
  { path: "/v1/tip", method: "DELETE" },
  { path: "/v1/node" },
  { path: "/v1/health" },
  { path: "/v1/blocks?limit=3&before=100" },
  { path: "/v1/blocks/171" },
  { path: "/v1/blocks/171", headers: { "if-none-match": "*" } },
  { path: "/v1/blocks/9999" },
  { path: `/v1/txs/${TXID}` },
  { path: "/v1/search?q=%20171%20" },
  { path: "/v1/%e2%82%ac" },
  { path: "//v1/tip" },
  { path: "/v1/limits" },
  { path: "/v1/errors" },
  { path: "/v1/staking/status" },
  { path: "/v1/dev/partition", method: "POST", body: "{}" },
  { path: "/v1/openapi.json" },
  { path: "/v1/txs", method: "POST", body: '{"hex":"00"}' },
  { path: "/v1/txs", method: "POST", body: "not json" },
  { path: "/v1/txs", method: "POST" },
  rpc({ method: "getblockcount", id: 1 }),
  rpc({ jsonrpc: "2.0", method: "getblockcount", id: "a" }),
  rpc({ jsonrpc: "2.0", method: "getblockcount" }),
  rpc(
    [
      { method: "getbestblockhash", id: 1 },
      { method: "nosuch", id: 2 },
    ],
    "/rpc/",
  ),
  rpc(Array.from({ length: 101 }, (_, id) => ({ method: "uptime", id }))),
  rpc({ method: "getblock", params: [540], id: 1 }),
  rpc({ method: "getnewaddress", id: 1 }),
  rpc({ method: "stop", id: 1 }),
  rpc({ method: "generate", params: [1], id: 1 }),
  rpc({ method: "help", id: 1 }),
  rpc({ method: "sendrawtransaction", params: ["00"], id: 1 }),
  rpc({ method: "submitblock", params: ["00"], id: 1 }),
  { path: "/", method: "POST", body: Uint8Array.of(0xff, 0xfe, 0x00) },
  { path: "/wallet/x%20y", method: "POST", body: '{"method":"getbalance","id":1}' },
  { path: "/v1/tip", headers: { "x-long": "y".repeat(17_000) } },
  { path: `/v1/search?q=${"z".repeat(8_300)}` },
];

/** What carries an answer, when, and after how many others: not of the answer. */
const OF_THE_WIRE =
  /^(date|connection|keep-alive|transfer-encoding|content-length|server-timing|ratelimit)$/;

interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function seen(
  status: number,
  headers: Iterable<readonly [string, string]>,
  body: Uint8Array,
): Seen {
  const kept = [...headers].filter(([name]) => !OF_THE_WIRE.test(name)).toSorted();
  return { status, headers: Object.fromEntries(kept), body: Buffer.from(body).toString("hex") };
}

/** As a request leaves the edge. */
function byTheEdge(request: TestRequest): TestRequest {
  const unix = node?.clock.now() ?? 0;
  const stamp = createHmac("sha256", KEY).update(edgeStampText(unix, VIEWER)).digest("hex");
  const stamped = { "x-exos-client": VIEWER, "x-exos-edge": `${unix}.${stamp}` };
  return withId({ ...request, headers: { ...stamped, ...request.headers } });
}

function withId(request: TestRequest): TestRequest {
  return { ...request, headers: { "x-request-id": "test", ...request.headers } };
}

/** Lambda's own stream, as far as the door uses it. */
function streamingRuntime() {
  let head: AnswerHead | undefined;
  const runtime: StreamingRuntime = {
    streamifyResponse: (handler) => handler,
    HttpResponseStream: {
      from(stream, given) {
        head = given;
        return stream;
      },
    },
  };
  const pieces: Uint8Array[] = [];
  const stream = new Writable({
    write(piece: Uint8Array, _, done) {
      pieces.push(piece);
      done();
    },
  });
  return { runtime, stream, head: () => head, pieces };
}

/** The city outside AWS: the same stores, as the program of a node composes them. */
async function openExternal({ deps }: RpcNode, folder: string): Promise<EmbeddedRpc> {
  return await composeEmbedded(deps, {
    folder,
    rpcauth: [],
    rpcuser: undefined,
    rpcpassword: undefined,
    rpcallowip: [],
    rpcwhitelist: [],
    httphosts: [],
    httporigins: [],
    readiness: deps.readiness,
    city: "syd",
    role: { secretsFolder: folder, release: deps.version },
  });
}

describe.skipIf(node === undefined)("requests to the servers and to the function of a city", () => {
  if (node === undefined) return;
  const access = cityAccess({ secrets, clock: node.clock });
  const deps = { ...node.deps, access, rate: createRateLimit({ clock: node.clock }) };
  const api = createCityRouter(deps, new Map([["syd", deps]]));
  const stack = new AsyncDisposableStack();
  const anywhere = { host: "127.0.0.1", port: 0 };
  let plain: RpcListeners;
  let external: RpcListeners;
  let own: RpcDeps;
  beforeAll(async () => {
    const where = { http: anywhere, rpc: anywhere };
    const folder = stack.use(mkdtempDisposableSync(join(tmpdir(), "exos-city-")));
    writeFileSync(join(folder.path, "edge-key"), KEY, { mode: 0o600 });
    plain = stack.use(await listen({ deps, cities: new Map([["syd", deps]]) }, where));
    const rpc = stack.use(await openExternal(node, folder.path));
    own = rpc.own;
    const cities = new Map([["syd", rpc.deps]]);
    external = stack.use(await listen({ deps: rpc.deps, own, cities }, where));
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  async function atServer(request: TestRequest, { httpPort }: RpcListeners): Promise<Seen> {
    const { method = "GET", path, headers = {}, body } = request;
    const url = `http://127.0.0.1:${httpPort}${path}`;
    const sent = body === undefined ? {} : { body: Buffer.from(body) };
    const answer = await fetch(url, { method, headers, ...sent });
    return seen(answer.status, answer.headers, new Uint8Array(await answer.arrayBuffer()));
  }

  async function atFunction(request: TestRequest): Promise<Seen> {
    const answer = await bufferedHandler(api)(functionEvent(request));
    if (typeof answer === "string") throw new RangeError("an answer is an object");
    const { statusCode = 0, headers = {}, body = "", isBase64Encoded } = answer;
    const bytes = Buffer.from(body, isBase64Encoded === true ? "base64" : "utf8");
    const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
    return seen(statusCode, texts, bytes);
  }

  async function atStream(request: TestRequest): Promise<Seen> {
    const lambda = streamingRuntime();
    await streamingHandler(api, lambda.runtime)(functionEvent(request), lambda.stream);
    const { statusCode = 0, headers = {} } = lambda.head() ?? {};
    return seen(statusCode, Object.entries(headers), Buffer.concat(lambda.pieces));
  }

  it.each(REQUESTS.map((request, at) => [at, request.method ?? "GET", request.path.slice(0, 60)]))(
    "are answered alike: %i %s %s",
    async (at) => {
      const request = REQUESTS[Number(at)];
      if (request === undefined) throw new RangeError("no such request");
      // Nobody has asked for anything for so long that the whole allowance is there.
      node.clock.advance(30_000);
      const asked = byTheEdge(request);
      const expected = await atServer(asked, plain);
      expect(await atFunction(asked)).toEqual(expected);
      expect(await atStream(asked)).toEqual(expected);
      expect(await atServer(asked, external)).toEqual(expected);
      expect(expected.headers["x-exos-error"]).not.toBe("EXOS-E9001");
    },
  );

  it.each([
    { path: "/readyz" },
    { path: "/c/syd/v1/tip" },
    { path: "/v1/tip", headers: { "x-exos-client": VIEWER, "x-exos-edge": "1.00" } },
    rpc({ method: "getblockcount", id: 1 }),
  ])("are refused alike without the stamp of the edge: $path", async (request) => {
    const asked = withId(request);
    const expected = await atServer(asked, plain);
    expect([expected.status, expected.headers["x-exos-error"]]).toEqual([403, "EXOS-E4032"]);
    expect(await atFunction(asked)).toEqual(expected);
    expect(await atStream(asked)).toEqual(expected);
    expect(await atServer(asked, external)).toEqual(expected);
  });

  it("are answered to the operator of a city of one machine on his own listener, by his login", async () => {
    const at = { httpPort: external.rpcPort };
    const ready = await atServer({ path: "/readyz" }, { ...external, ...at });
    expect([ready.status, ready.headers["x-exos-city"]]).toEqual([200, "syd"]);
    const [login] = own.access.logins;
    if (login?.kind !== "plain") throw new RangeError("a cookie is a plain login");
    const authorization = `Basic ${btoa(`${login.user}:${login.password}`)}`;
    const call = rpc({ method: "getpeerinfo", id: 1 });
    const headers = { ...call.headers, authorization };
    expect((await atServer({ ...call, headers }, { ...external, ...at })).status).not.toBe(403);
    expect((await atServer(call, { ...external, ...at })).status).toBe(401);
    const stamped = byTheEdge({ ...call, headers });
    expect((await atServer(stamped, external)).status).toBe(403);
  });

  it("are answered openly by a city: no login, no private method, any page", async () => {
    const text = async (request: TestRequest) => {
      const { status, headers, body } = await atFunction(byTheEdge(request));
      return { status, headers, text: Buffer.from(body, "hex").toString() };
    };
    const count = await text(rpc({ method: "getblockcount", id: 1 }));
    expect([count.status, count.text]).toEqual([200, '{"result":540,"error":null,"id":1}']);
    expect(count.headers["access-control-allow-origin"]).toBe("*");
    for (const method of ["getnewaddress", "stop", "getstakinginfo", "addnode", "generate"]) {
      const { status, headers } = await text(rpc({ method, id: 1 }));
      expect([method, status, headers["x-exos-error"]]).toEqual([method, 403, "EXOS-E4030"]);
    }
    expect(node.told).not.toContain("stop");
    expect((await text(rpc({ method: "help", id: 1 }))).text).not.toMatch(/getnewaddress|stop/);
    for (const path of ["/v1/staking/status", "/metrics"]) {
      expect((await text({ path })).status).toBe(404);
    }
    expect((await text({ path: "/v1/openapi.json" })).text).not.toContain("/v1/dev/partition");
    const handed = await text(rpc({ method: "submitblock", params: ["0011"], id: 1 }));
    expect(handed.status).toBe(200);
  });

  it("name no single request in what a shared cache keeps", async () => {
    const { headers } = await atFunction(byTheEdge({ path: "/v1/blocks/171" }));
    expect(headers["cache-control"]).toMatch(/^public/);
    expect(headers["x-request-id"]).toBeUndefined();
    const health = await atFunction(byTheEdge({ path: "/v1/health" }));
    expect(health.headers["x-request-id"]).toBe("test");
  });

  it("may bring a transaction of 100 KB and a block of 1 MB, each twice as long in hex", async () => {
    for (const [method, bytes] of [
      ["sendrawtransaction", 100_000],
      ["submitblock", 1_000_000],
    ] as const) {
      const asked = byTheEdge(rpc({ method, params: ["00".repeat(bytes)], id: 1 }));
      for (const answer of [await atFunction(asked), await atServer(asked, external)]) {
        expect([method, answer.headers["x-exos-error"]]).not.toContain("EXOS-E4130");
        expect(Buffer.from(answer.body, "hex").toString()).toMatch(/"result"/);
      }
    }
  });

  it("are answered whatever their verb, and whatever stands in their headers", async () => {
    const path = "/v1/tip";
    const { status, headers: told } = await atServer(byTheEdge({ path, method: "DELETE" }), plain);
    expect(status).toBe(405);
    for (const method of ["TRACE", "CONNECT", "track"]) {
      const refused = await atFunction(byTheEdge({ path, method }));
      expect(refused).toMatchObject({ status, headers: { ...told } });
    }
    const headers = { "user-agent": "Zoë ☕ 1.0", "accept-language": "日本" };
    const plainly = await atFunction(byTheEdge({ path }));
    expect(plainly.status).toBe(200);
    expect(await atFunction(byTheEdge({ path, headers }))).toEqual(plainly);
  });

  it("are refused over the limits of a city", async () => {
    const tooLong = new Uint8Array(4 * 1_048_576 + 1);
    const sent = byTheEdge({ path: "/", method: "POST", body: tooLong });
    const { status, body } = await atFunction(sent);
    expect(status).toBe(413);
    expect(Buffer.from(body, "hex").toString()).toContain("4194304");
  });
});

describe("an answer in one piece", () => {
  it("is given where Lambda's own stream is not, and where nobody would hand on its pieces", () => {
    const awslambda = { streamifyResponse: () => undefined };
    expect(runtimeOf({ awslambda })).toBe(awslambda);
    expect(runtimeOf({ awslambda: {} })).toBeUndefined();
    expect(runtimeOf({})).toBeUndefined();
    expect(runtimeOf({ awslambda }, "whole")).toBeUndefined();
  });

  const answering = (body: string) => ({
    fetch: () =>
      new Response(body, { headers: { "content-type": "application/json", etag: '"1"' } }),
  });

  it("ends at 6 MB as it leaves the function, and says so", async () => {
    const fits = await bufferedHandler(answering("a".repeat(5_900_000)))(
      functionEvent({ path: "/" }),
    );
    expect(fits).toMatchObject({ statusCode: 200 });
    const quotes = '"'.repeat(3_100_000);
    const long = await bufferedHandler(answering(quotes))(functionEvent({ path: "/x" }));
    expect(long).toMatchObject({ statusCode: 413, headers: { "x-exos-error": "EXOS-E4130" } });
    expect(long).not.toHaveProperty("headers.etag");
  });

  it("is streamed in pieces where the runtime can", async () => {
    const pieces = ["one", "two"].map((text) => new TextEncoder().encode(text));
    const body = ReadableStream.from(pieces);
    const lambda = streamingRuntime();
    const api = { fetch: () => new Response(body) };
    await streamingHandler(api, lambda.runtime)(functionEvent({ path: "/" }), lambda.stream);
    expect(lambda.pieces.map((piece) => Buffer.from(piece).toString())).toEqual(["one", "two"]);
  });
});
