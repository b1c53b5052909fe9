import { once } from "node:events";
import { type IncomingMessage, type RequestOptions, request } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it, vi } from "vitest";
import { composeEmbedded } from "#services/rpc/compose-embedded.ts";
import { listen } from "#services/rpc/container.ts";
import { createStreamLimit, STREAMS_MAX } from "#services/rpc/http/stream-limit.ts";
import { createRpcNode } from "../../support/rpc-node.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const ANY = { http: { host: "127.0.0.1", port: 0 }, rpc: { host: "127.0.0.1", port: 0 } };
const HERE = "127.0.0.1";
const OTHER = "127.0.0.2";

/** A real server of a process that is Sydney too, as one of a fleet on this machine. */
async function openServer(more: { readonly ratelimit?: boolean } = {}) {
  const stack = new AsyncDisposableStack();
  const folder = temporaryFolder();
  const { deps } = await createRpcNode([]);
  const readiness = { blocksMax: 2, ageSecondsMax: undefined };
  const nobody = { rpcauth: [], rpcuser: undefined, rpcpassword: undefined, rpcallowip: [] };
  const rpc = stack.use(
    await composeEmbedded(deps, {
      ...{ folder, ...nobody, rpcwhitelist: [], httphosts: [], httporigins: [], readiness },
      ...{ city: "syd", ...more },
    }),
  );
  const cities = new Map([["syd", rpc.deps]]);
  const { httpPort: port } = stack.use(await listen({ deps: rpc.deps, cities }, ANY));

  /** An answer whose body was not read yet. */
  async function ask(localAddress: string, path: string, how: RequestOptions = {}, body?: string) {
    const asking = request({ host: "127.0.0.1", port, path, localAddress, agent: false, ...how });
    asking.end(body);
    const [answer] = (await once(asking, "response")) as [IncomingMessage];
    return answer;
  }
  /** A stream that has begun. */
  async function hold(localAddress: string, path = "/c/syd/v1/events") {
    const answer = await ask(localAddress, path);
    expect(answer.statusCode).toBe(200);
    await once(answer, "data");
    stack.defer(() => void answer.destroy());
    return answer;
  }
  return { ask, hold, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

describe("streams of one client", () => {
  it("are twenty: one more is refused until one of them ends, and others are not concerned", async () => {
    await using server = await openServer();
    const held = [];
    for (let count = 0; count < STREAMS_MAX; count++) held.push(await server.hold(HERE));
    const refused = await server.ask(HERE, "/c/syd/v1/events");
    expect([refused.statusCode, refused.headers["retry-after"]]).toEqual([429, "10"]);
    expect(refused.headers["x-exos-error"]).toBe("EXOS-E4290");
    expect(JSON.parse(await text(refused))).toMatchObject({
      code: "EXOS-E4290",
      detail: "You hold 20 streams: end one of them first",
      retryAfter: 10,
    });
    await server.hold(OTHER);
    held[7]?.destroy();
    await vi.waitUntil(
      async () => {
        const again = await server.ask(HERE, "/c/syd/v1/events");
        again.destroy();
        return again.statusCode === 200;
      },
      { interval: 5, timeout: 300_000 },
    );
  });

  it("are as many as it likes at its own node, and where nobody counts", async () => {
    await using own = await openServer();
    for (let count = 0; count <= STREAMS_MAX; count++) await own.hold(HERE, "/v1/events");
    await using open = await openServer({ ratelimit: false });
    for (let count = 0; count <= STREAMS_MAX; count++) await open.hold(HERE);
  });

  it("are not begun by asking for the head of one", async () => {
    await using server = await openServer();
    for (let count = 0; count <= STREAMS_MAX; count++) {
      const head = await server.ask(HERE, "/c/syd/v1/events", { method: "HEAD" });
      expect(head.statusCode).toBe(200);
      head.destroy();
    }
    await server.hold(HERE);
  });

  it("end once, however often that is said, and are published as a limit", async () => {
    const limit = createStreamLimit();
    const ends = Array.from({ length: STREAMS_MAX }, () => limit.enter("a"));
    expect(limit.enter("a")).toBeUndefined();
    ends[0]?.();
    ends[0]?.();
    expect(limit.enter("a")).toBeDefined();
    expect(limit.enter("a")).toBeUndefined();
    await using server = await openServer();
    const { limits } = JSON.parse(await text(await server.ask(HERE, "/v1/limits")));
    expect(limits.streamsPerClient).toBe(STREAMS_MAX);
  });
});

describe("the allowance of a city on one's own machine", () => {
  it("is one for each address of the loopback, and none for the node itself", async () => {
    await using server = await openServer();
    const search = (from: string, path: string) => server.ask(from, `${path}v1/search?q=1`);
    const first = await search(HERE, "/c/syd/");
    expect(first.headers["ratelimit"]).toMatch(/r=590/);
    for (let sent = 1; sent < 60; sent++) (await search(HERE, "/c/syd/")).destroy();
    const refused = await search(HERE, "/c/syd/");
    expect([refused.statusCode, refused.headers["retry-after"]]).toEqual([429, "1"]);
    expect((await search(OTHER, "/c/syd/")).headers["ratelimit"]).toMatch(/r=590/);
    const own = await search(HERE, "/");
    expect([own.statusCode, own.headers["ratelimit"]]).toEqual([200, undefined]);
  });
});
