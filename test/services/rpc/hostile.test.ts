import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BODY_BYTES_MAX, SEARCH_CHARACTERS_MAX } from "#services/rpc/limits.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { call, clientOf, errorCode, post, result } from "../../support/rpc-client.ts";
import { COOKIE, createRpcNode } from "../../support/rpc-node.ts";

const node = await createRpcNode([]);
const send = clientOf(node);
const body = '{"method":"getblockcount","id":1}';

const lines = (await result<string>(send, "help")).split("\n");
const known = lines
  .flatMap((line) => line.split(" ").slice(0, 1))
  .filter((name) => name !== "stop");

/** A request with exactly these headers beside the login. */
const knock = (headers: Record<string, string>, path = "/") =>
  send(
    path,
    path === "/"
      ? { method: "POST", headers: { authorization: COOKIE, ...headers }, body }
      : { headers },
  );

describe("the Host header", () => {
  it.each(["localhost", "LOCALHOST:39122", "127.0.0.1", "127.8.9.1:1", "[::1]", "[::1]:39122"])(
    "may be %s",
    async (host) => {
      expect((await knock({ host })).status).toBe(200);
      expect((await knock({ host }, "/v1/tip")).status).toBe(200);
    },
  );

  it.each([
    "evil.example",
    "evil.example:39122",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "128.0.0.1",
    "[::2]",
    "localhost@evil.example",
    "localhost:99x",
    "",
  ])("%j is refused everywhere, before any login", async (host) => {
    for (const path of ["/", "/v1/tip", "/healthz", "/metrics", "/nowhere"]) {
      const answer = await knock({ host }, path);
      expect(answer.status, path).toBe(403);
      expect(answer.headers.get("x-exos-error"), path).toBe("EXOS-E4031");
      const form = path === "/" ? "application/json" : "application/problem+json";
      expect(answer.headers.get("content-type"), path).toBe(form);
    }
  });

  it("may be a name that the operator listed", async () => {
    const access = { ...node.deps.access, hosts: ["node.example"] };
    const listed = clientOf(await createRpcNode([], { access }));
    expect((await listed("/v1/tip", { headers: { host: "NODE.example:8080" } })).status).toBe(200);
    expect((await listed("/v1/tip", { headers: { host: "other.example" } })).status).toBe(403);
  });
});

describe("a page of another site", () => {
  it.each([
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: "http://127.0.0.1:1", "sec-fetch-site": "same-origin" },
    { origin: "https://127.0.0.1:39122" },
  ])("cannot call JSON-RPC, with or without a login: %j", async (headers) => {
    for (const authorization of [COOKIE, ""]) {
      const answer = await knock({ ...headers, authorization });
      expect(answer.status).toBe(403);
      expect(answer.headers.get("x-exos-error")).toBe("EXOS-E4031");
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  it.each([
    {},
    { "sec-fetch-site": "none" },
    { "sec-fetch-site": "same-origin", origin: "http://127.0.0.1:39122" },
  ])("is none with %j", async (headers) => {
    expect((await knock(headers)).status).toBe(200);
  });

  it("may read public routes only if the operator listed its origin", async () => {
    const origin = "http://wallet.example";
    const access = { ...node.deps.access, origins: [origin] };
    const listed = clientOf(await createRpcNode([], { access }));
    const allowed = await listed("/v1/tip", { headers: { origin } });
    expect(allowed.headers.get("access-control-allow-origin")).toBe(origin);
    expect(allowed.headers.get("access-control-allow-credentials")).toBeNull();
    expect(allowed.headers.get("vary")).toContain("Origin");
    const preflight = await listed("/v1/tip", { method: "OPTIONS", headers: { origin } });
    expect(preflight.headers.get("access-control-allow-methods")).toContain("GET");
    const other = await listed("/v1/tip", { headers: { origin: "http://evil.example" } });
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
    const rpc = await listed("/", {
      method: "POST",
      headers: { origin, authorization: COOKIE },
      body,
    });
    expect(rpc.status).toBe(403);
    expect(rpc.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("what is too large", () => {
  it("is refused: a URL over 8 KiB", async () => {
    expect((await send(`/v1/search?q=${"1".repeat(8_000)}`)).status).toBe(400);
    const answer = await send(`/v1/search?q=${"1".repeat(8_192)}`);
    expect(answer.status).toBe(414);
    expect(answer.headers.get("x-exos-error")).toBe("EXOS-E4140");
  });

  it("is not repeated whole to whoever sent it: a path over 256 characters", async () => {
    const whole = `/${"1".repeat(255)}`;
    expect((await send(whole)).json["instance"]).toBe(whole);
    expect((await send(`${whole}1`)).json["instance"]).toBe(`${whole}…`);
  });

  it("is refused: headers over 16 KiB", async () => {
    expect((await send("/v1/tip", { headers: { "x-pad": "1".repeat(16_000) } })).status).toBe(200);
    const answer = await send("/v1/tip", { headers: { "x-pad": "1".repeat(16_385) } });
    expect(answer.status).toBe(431);
    expect(answer.headers.get("x-exos-error")).toBe("EXOS-E4310");
  });

  it("is refused: a body over 32 MiB, promised or not", async () => {
    const promised = await knock({ "content-length": String(BODY_BYTES_MAX + 1) });
    expect(promised.status).toBe(413);
    const sent = await post(send, new Uint8Array(BODY_BYTES_MAX + 1).fill(0x20));
    expect(sent.status).toBe(413);
    expect(sent.headers.get("x-exos-error")).toBe("EXOS-E4130");
  });

  it("is refused: a search of more than 200 characters", async () => {
    const text = "x".repeat(SEARCH_CHARACTERS_MAX);
    expect((await send(`/v1/search?q=${text}`)).status).toBe(200);
    expect((await send(`/v1/search?q=${text}x`)).status).toBe(400);
  });

  it("is refused: deep nesting, as parse error", async () => {
    const nested = `{"method":"help","params":${"[".repeat(64)}${"]".repeat(64)}}`;
    const answer = await post(send, nested);
    expect(errorCode(answer)).toBe(-32700);
    expect(answer.headers.get("x-exos-error")).toBe("EXOS-E4002");
  });
});

describe("answer headers", () => {
  it("echo a request id of the allowed form, and make one otherwise", async () => {
    const id = async (given: string) =>
      (await send("/v1/tip", { headers: { "x-request-id": given } })).headers.get("x-request-id");
    expect(await id("Abc-123")).toBe("Abc-123");
    expect(await id("x".repeat(64))).toBe("x".repeat(64));
    for (const bad of ["x".repeat(65), "a b", "<script>", ""]) {
      expect(await id(bad), bad).toMatch(/^[0-9a-f]{16}$/);
    }
  });

  it("name city, network, tip and timing on every answer, errors too", async () => {
    for (const path of ["/v1/tip", "/v1/blocks/99", "/nowhere", "/v1/openapi.json", "/metrics"]) {
      const { headers } = await send(path);
      expect(headers.get("x-exos-city"), path).toBe("local");
      expect(headers.get("x-exos-network"), path).toBe("exos-regtest");
      expect(headers.get("x-exos-tip-height"), path).toBe("0");
      expect(headers.get("x-exos-tip-hash"), path).toMatch(/^0000/);
      expect(headers.get("server-timing"), path).toMatch(/^app;dur=[\d.]+, store;dur=[\d.]+$/);
      expect(headers.get("x-exos-stale"), path).toBeNull();
    }
  });

  it("say that the node is behind", async () => {
    const behind = await createRpcNode([]);
    behind.setState({ phase: "indexing" });
    const answer = await clientOf(behind)("/v1/tip");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-exos-stale")).toBe("indexing");
  });
});

describe("verbs", () => {
  it("of JSON-RPC are POST and OPTIONS", async () => {
    for (const path of ["/", "/rpc", "/wallet/w"]) {
      const get = await send(path);
      expect(get.status, path).toBe(405);
      expect(get.headers.get("allow"), path).toBe("POST, OPTIONS");
      expect((await send(path, { method: "OPTIONS" })).status, path).toBe(204);
    }
  });

  it("of an unknown path are nothing", async () => {
    for (const method of ["GET", "POST", "OPTIONS", "DELETE"]) {
      const answer = await send("/nowhere", { method });
      expect(answer.status, method).toBe(404);
      expect(answer.headers.get("x-exos-error"), method).toBe("EXOS-E4040");
    }
  });
});

describe("a fuzzer", () => {
  const anyCall = fc.record(
    {
      jsonrpc: fc.oneof(fc.constantFrom("2.0", "1.0", 1), fc.jsonValue()),
      method: fc.oneof(fc.constantFrom(...known), fc.jsonValue()),
      params: fc.oneof(
        fc.array(fc.oneof(fc.jsonValue(), fc.constantFrom("00".repeat(32), "", "zz", -1, 1e99))),
        fc.jsonValue(),
      ),
      id: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );

  it("never meets an internal error in JSON-RPC, and always a code", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyCall, fc.array(anyCall, { maxLength: 4 })), async (request) => {
        const answer = await post(send, JSON.stringify(request));
        expect([200, 204, 400, 404, 500]).toContain(answer.status);
        expect(answer.text).not.toContain("-32603");
        // This node has no peers, which some calls ask for.
        const code = /^EXOS-E(4|3009)/;
        if (answer.status >= 400) expect(answer.headers.get("x-exos-error")).toMatch(code);
      }),
      { numRuns: 400 },
    );
    expect(node.log.records).toEqual([]);
  });

  it("never meets an internal error with bytes that are no request", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
        const answer = await post(send, new Uint8Array(bytes));
        expect(answer.text).not.toContain("-32603");
      }),
    );
  });

  it("never meets 5xx in /v1", async () => {
    const segment = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom("0", "x", "11".repeat(32)),
    );
    const template = fc.constantFrom(
      "blocks/:",
      "blocks/:/txs",
      "txs/:",
      "txs/:/proof",
      "addresses/:",
      "addresses/:/txs",
      "addresses/:/coins",
      "headers",
      "search",
      ":",
    );
    await fc.assert(
      fc.asyncProperty(
        template,
        segment,
        fc.dictionary(
          fc.constantFrom("limit", "cursor", "before", "from", "count", "q", "kind", "to"),
          fc.string({ maxLength: 12 }),
        ),
        async (path, value, query) => {
          const filled = path.replace(":", encodeURIComponent(value));
          const answer = await send(`/v1/${filled}?${new URLSearchParams(query)}`);
          expect(answer.status).toBeLessThan(500);
          if (answer.status >= 400) expect(answer.headers.get("x-exos-error")).toMatch(/^EXOS-E4/);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe("a fault", () => {
  it("of a store is -20 and 503, with the row of the catalogue that names it", async () => {
    const broken = await createRpcNode([]);
    const fault = new StoreFault("checksum wrong", { retryable: false, code: "EXOS-E1004" });
    const get = () => Promise.reject(fault);
    broken.setState({ stores: { ...broken.stores, headers: { ...broken.stores.headers, get } } });
    const rpc = await call(clientOf(broken), "getblockcount");
    expect(errorCode(rpc)).toBe(-20);
    expect(rpc.text).toContain("checksum wrong");
    const read = await clientOf(broken)("/v1/tip");
    expect(read.status).toBe(503);
    expect(read.headers.get("x-exos-error")).toBe("EXOS-E1004");
  });

  it("of ours tells the caller nothing and the log everything, under the same name", async () => {
    const broken = await createRpcNode([]);
    const get = () => Promise.reject(new TypeError("secret detail"));
    broken.setState({ stores: { ...broken.stores, headers: { ...broken.stores.headers, get } } });
    for (const answer of [
      await call(clientOf(broken), "getblockcount"),
      await clientOf(broken)("/v1/tip"),
    ]) {
      expect(answer.status).toBe(500);
      expect(answer.headers.get("x-exos-error")).toBe("EXOS-E9001");
      expect(answer.text).not.toContain("secret");
      const id = answer.headers.get("x-request-id") ?? "";
      const logged = broken.log.records.map((record) => JSON.stringify(record));
      expect(logged.find((record) => record.includes(id))).toContain("secret detail");
    }
    expect(errorCode(await call(clientOf(broken), "getblockcount"))).toBe(-32603);
  });
});
