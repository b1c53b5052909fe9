import { createHmac } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { cityAccess } from "#services/rpc/city/city-access.ts";
import { listen } from "#services/rpc/container.ts";
import { edgeStampText } from "#shared/fleet/edge-stamp.ts";
import { createRpcNode } from "../../support/rpc-node.ts";

const HOST = "127.0.0.1";
const ANY = { http: { host: HOST, port: 0 }, rpc: { host: HOST, port: 0 } };
const KEY = "the edge's key";
/** Long enough for what happened on a socket to be heard at its other end. */
const ARRIVED_MS = 50;

/** A city of its own listener; who may ask is decided once `decide` was called. */
async function openCity() {
  const { deps, clock, log } = await createRpcNode([]);
  const asked = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<void>();
  const get = async () => {
    asked.resolve();
    await decided.promise;
    return KEY;
  };
  const access = cityAccess({ secrets: { get }, clock });
  const listeners = await listen({ deps: { ...deps, access } }, ANY);
  const unix = clock.now();
  const stamp = createHmac("sha256", KEY).update(edgeStampText(unix, HOST)).digest("hex");
  return {
    asked: asked.promise,
    decide: decided.resolve,
    log,
    answered: () => deps.metrics.expose(),
    /** Begin a request whose body goes on for longer than what is sent. */
    async begin(path: string) {
      const socket = connect(listeners.httpPort, HOST);
      await once(socket, "connect");
      const head = [
        `POST ${path} HTTP/1.1`,
        "Host: here",
        `X-Exos-Client: ${HOST}`,
        `X-Exos-Edge: ${unix}.${stamp}`,
        "Content-Length: 1000",
      ];
      socket.write(`${head.join("\r\n")}\r\n\r\nhalf`);
      return socket;
    },
    [Symbol.asyncDispose]: () => listeners[Symbol.asyncDispose](),
  };
}

describe.each([
  ["/v1/txs", 'code="400",dialect="v1",route="/v1/txs"'],
  ["/", 'code="400",dialect="json-rpc",route="json-rpc"'],
])("a caller of %s who is gone in the middle of its body", (path, counted) => {
  it("is refused, and no fault of this program", async () => {
    await using city = await openCity();
    city.decide();
    const socket = await city.begin(path);
    await city.asked;
    await wait(ARRIVED_MS);
    socket.destroy();
    await expect.poll(city.answered).toContain(counted);
    expect(city.log.records).toEqual([]);
  });

  it("is refused also where the body is read after that", async () => {
    await using city = await openCity();
    const socket = await city.begin(path);
    await city.asked;
    socket.destroy();
    await wait(ARRIVED_MS);
    city.decide();
    await expect.poll(city.answered).toContain(counted);
    expect(city.log.records).toEqual([]);
  });
});
