import { expect, it } from "vitest";
import { listen } from "#services/rpc/container.ts";
import { createLateTraces } from "#shared/adapters/embedded/late-traces.ts";
import { COOKIE, createRpcNode } from "../../support/rpc-node.ts";
import { openTraceCollector, type TraceCollector } from "../../support/trace-collector.ts";

const ANY = { http: { host: "127.0.0.1", port: 0 }, rpc: { host: "127.0.0.1", port: 0 } };

/** A node over the plain server. */
async function started(collector: TraceCollector, percent = 100) {
  const { deps, tip, log, clock } = await createRpcNode([]);
  const resource = { "service.name": "exos-node" };
  const settings = { endpoint: collector.endpoint, percent, resource };
  const traces = createLateTraces(settings, { log, clock });
  const listeners = await listen({ deps: { ...deps, traces } }, ANY);
  const url = `http://127.0.0.1:${listeners.httpPort}`;
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${url}${path}`, init);
    await answer.arrayBuffer();
    await traces?.flush();
    return answer.status;
  };
  const call = (calls: unknown, headers: Record<string, string> = {}) =>
    ask("/", {
      method: "POST",
      headers: { authorization: COOKIE, ...headers },
      body: JSON.stringify(calls),
    });
  return {
    ask,
    call,
    hash: tip().hash,
    [Symbol.asyncDispose]: () => listeners[Symbol.asyncDispose](),
  };
}

it("tells of a request over the plain server, and of each call in it, but no body and no login", async () => {
  await using collector = await openTraceCollector();
  await using node = await started(collector);
  const getblock = { method: "getblock", params: [node.hash], id: 1 };
  expect(await node.call([getblock, { method: "getblock", params: ["00"], id: 2 }])).toBe(200);
  const [first, second, request] = collector.spans;
  expect(request).toMatchObject({
    name: "POST json-rpc",
    kind: 2,
    status: 0,
    parentSpanId: undefined,
    attributes: {
      "http.request.method": "POST",
      "url.path": "/",
      "http.route": "json-rpc",
      "http.response.status_code": 200,
      "exos.city": "local",
    },
  });
  expect(first).toMatchObject({
    name: "getblock",
    kind: 1,
    status: 0,
    parentSpanId: request?.spanId,
    attributes: { "rpc.system": "jsonrpc", "rpc.method": "getblock" },
  });
  expect(second).toMatchObject({ status: 2, attributes: { "error.type": expect.any(String) } });
  const said = collector.bodies.join();
  for (const secret of [COOKIE, "__cookie__", "secret", node.hash])
    expect(said).not.toContain(secret);
});

it("names a request after its route, whatever was asked for", async () => {
  await using collector = await openTraceCollector();
  await using node = await started(collector);
  expect(await node.ask("/v1/blocks/0?token=canary")).toBe(200);
  expect(await node.ask("/nowhere")).toBe(404);
  expect(collector.spans.map(({ name, kind }) => [name, kind])).toEqual([
    ["GET /v1/blocks/{id}", 2],
    ["GET", 2],
  ]);
  expect(collector.bodies.join()).not.toContain("canary");
});

it("lets no caller choose what is recorded", async () => {
  await using collector = await openTraceCollector();
  await using node = await started(collector, 0);
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  await node.call({ method: "getblockcount", id: 1 }, { traceparent });
  expect(collector.spans).toEqual([]);
});
