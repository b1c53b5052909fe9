import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cityAccess } from "#services/rpc/city/city-access.ts";
import { composeEmbedded, type RpcOptions } from "#services/rpc/compose-embedded.ts";
import { listen } from "#services/rpc/container.ts";
import { CONNECTIONS_MAX } from "#services/rpc/limits.ts";
import { edgeStampText } from "#shared/fleet/edge-stamp.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { createRpcNode } from "../../support/rpc-node.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const ANY = { http: { host: "127.0.0.1", port: 0 }, rpc: { host: "127.0.0.1", port: 0 } };
const HERE = "127.0.0.1";
const body = '{"method":"getblockcount","id":1}';

function options(folder: string, more: Partial<RpcOptions> = {}): RpcOptions {
  return {
    folder,
    rpcauth: [],
    rpcuser: undefined,
    rpcpassword: undefined,
    rpcallowip: [],
    rpcwhitelist: [],
    httphosts: [],
    httporigins: [],
    readiness: { blocksMax: 2, ageSecondsMax: undefined },
    ...more,
  };
}

async function started(more: Partial<RpcOptions> = {}, folder = temporaryFolder()) {
  const { deps } = await createRpcNode([]);
  const rpc = await composeEmbedded(deps, options(folder, more));
  const listeners = await listen(rpc, ANY);
  const stack = new AsyncDisposableStack();
  stack.use(rpc);
  stack.use(listeners);
  return { ...listeners, rpc, folder, stop: () => stack.disposeAsync() };
}

function ask(port: number, pair: string) {
  const authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
  return fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers: { authorization }, body });
}

it("listens twice, lets the cookie in, answers, and lets go of port and cookie", async () => {
  const folder = temporaryFolder();
  const cookies: string[] = [];
  for (const time of ["first", "second"]) {
    const node = await started({}, folder);
    const path = join(folder, ".cookie");
    expect(node.rpc.cookiePath).toBe(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const cookie = readFileSync(path, "utf8");
    expect(cookie).toMatch(/^__cookie__:[0-9a-f]{64}$/);
    cookies.push(cookie);

    for (const port of [node.httpPort, node.rpcPort]) {
      const answer = await ask(port, cookie);
      expect(await answer.text(), time).toBe('{"result":0,"error":null,"id":1}');
      expect((await ask(port, "__cookie__:00")).status).toBe(401);
    }
    const tip = await fetch(`http://127.0.0.1:${node.httpPort}/v1/tip`);
    expect(tip.status).toBe(200);
    await tip.body?.cancel();
    await node.stop();
    expect(() => statSync(path)).toThrow();
    await expect(ask(node.httpPort, cookie)).rejects.toThrow();
  }
  expect(cookies[0]).not.toBe(cookies[1]);
});

it("replaces a cookie that others could read", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, ".cookie"), "__cookie__:old", { mode: 0o644 });
  const node = await started({}, folder);
  expect(statSync(node.rpc.cookiePath).mode & 0o777).toBe(0o600);
  expect((await ask(node.rpcPort, "__cookie__:old")).status).toBe(401);
  await node.stop();
});

it("accepts configured logins, plain ones with a warning", async () => {
  const salted = `alice:b2dd077cb54591a2f3139e69a897ac$c81126ce0372686f11f3d55a99e693bfed82b7aa94ad0b8d9c5e26cb6e208562`;
  const node = await started({
    rpcauth: [salted],
    rpcuser: "bob",
    rpcpassword: "pass",
    rpcwhitelist: ["bob:help;uptime"],
  });
  expect((await ask(node.rpcPort, "alice:correct horse")).status).toBe(200);
  expect((await ask(node.rpcPort, "bob:pass")).status).toBe(403);
  expect((await ask(node.rpcPort, "bob:wrong")).status).toBe(401);
  await node.stop();
});

it("lets in loopback, and what rpcallowip adds", async () => {
  const { deps } = await createRpcNode([]);
  const more = { rpcallowip: ["10.1.0.0/16", "2001:db8::1"] };
  await using rpc = await composeEmbedded(deps, options(temporaryFolder(), more));
  const { allowsAddress } = rpc.deps.access;
  for (const address of ["127.0.0.1", "127.9.9.9", "::1", "10.1.2.3", "2001:db8::1"]) {
    expect(allowsAddress(address), address).toBe(true);
  }
  for (const address of ["10.2.0.1", "192.168.1.1", "2001:db8::2", ""]) {
    expect(allowsAddress(address), address).toBe(false);
  }
});

it.each([
  ["rpcauth", { rpcauth: ["alice"] }],
  ["rpcallowip", { rpcallowip: ["example.com"] }],
])("refuses a %s that means nothing", async (_, more) => {
  const { deps } = await createRpcNode([]);
  await expect(composeEmbedded(deps, options(temporaryFolder(), more))).rejects.toThrow(RangeError);
});

it("counts the bytes on disk once a minute", async () => {
  let counted = 0;
  const { deps, clock } = await createRpcNode([]);
  const control = { ...deps.control, sizeOnDisk: async () => ++counted };
  await using rpc = await composeEmbedded({ ...deps, control }, options(temporaryFolder()));
  const size = () => rpc.deps.control.sizeOnDisk();
  expect([await size(), await size()]).toEqual([1, 1]);
  clock.advance(59_999);
  expect(await size()).toBe(1);
  clock.advance(1);
  expect(await size()).toBe(2);
});

it("says which port is taken, and listens nowhere then", async () => {
  const node = await started();
  const port = { host: "127.0.0.1", port: node.rpcPort };
  const second = listen(node.rpc, { ...ANY, rpc: port });
  await expect(second).rejects.toThrow(StoreFault);
  await expect(second).rejects.toMatchObject({ code: "EXOS-E0006" });
  await expect(second).rejects.toThrow(`127.0.0.1:${node.rpcPort} (rpcport)`);
  await node.stop();
});

/** Everything a raw socket gets back for these bytes. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("data", (piece) => {
      answer += piece.toString();
    });
    socket.once("error", reject);
    socket.once("close", () => resolve(answer));
  });
}

it("answers what is no HTTP, has no Host, or too many headers, and stays up", async () => {
  const node = await started();
  expect(await raw(node.httpPort, "\u0016\u0003\u0001 hello\r\n\r\n")).toMatch(/^HTTP\/1.1 400/);
  expect(await raw(node.httpPort, "GET /v1/tip HTTP/1.1\r\n\r\n")).toMatch(/^HTTP\/1.1 400/);
  const many = `GET / HTTP/1.1\r\nHost: localhost\r\nX-Pad: ${"x".repeat(40_000)}\r\n\r\n`;
  expect(await raw(node.httpPort, many)).toMatch(/^HTTP\/1.1 431/);
  const healthy = await fetch(`http://127.0.0.1:${node.httpPort}/healthz`);
  expect(healthy.status).toBe(200);
  await healthy.body?.cancel();
  await node.stop();
});

it.each([
  ["a path with broken escapes", "GET /v1/txs/%zz HTTP/1.1", 400],
  ["an absolute address", "GET http://localhost/v1/tip HTTP/1.1", 200],
  ["an absolute address elsewhere", "GET http://evil.example/v1/nothing HTTP/1.1", 404],
  ["two slashes", "GET //v1/tip HTTP/1.1", 404],
  ["dots", "GET /v1/../v1/tip HTTP/1.1", 200],
  ["a verb of its own", "FROB /v1/tip HTTP/1.1", 400],
  ["a verb nobody needs", "DELETE /v1/tip HTTP/1.1", 405],
])("answers %s", async (_, line, status) => {
  const node = await started();
  const text = `${line}\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
  expect((await raw(node.httpPort, text)).split("\r\n")[0]).toContain(` ${status} `);
  await node.stop();
});

it("lets one address hold 256 connections, and closes the next", async () => {
  const node = await started();
  const open = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(node.httpPort, "127.0.0.1", () => resolve(socket));
      socket.once("error", reject);
    });
  const sockets: Socket[] = [];
  for (let count = 0; count < CONNECTIONS_MAX; count++) sockets.push(await open());
  const over = await open();
  await new Promise((resolve) => over.once("close", resolve));
  expect(sockets.every((socket) => !socket.destroyed)).toBe(true);
  for (const socket of sockets) socket.destroy();
  await expect
    .poll(() => fetch(`http://127.0.0.1:${node.httpPort}/healthz`).then(String, String))
    .toContain("Response");
  await node.stop();
});

it("lets the proxy before a city hold more: all callers come from its address", async () => {
  const { deps, clock } = await createRpcNode([]);
  const access = cityAccess({ secrets: { get: async () => "key" }, clock });
  const listeners = await listen({ deps: { ...deps, access }, own: deps }, ANY);
  const sockets: Socket[] = [];
  for (let count = 0; count < 300; count++) {
    const socket = connect(listeners.httpPort, HERE);
    await once(socket, "connect");
    sockets.push(socket);
  }
  const unix = clock.now();
  const stamp = createHmac("sha256", "key").update(edgeStampText(unix, "192.0.2.7")).digest("hex");
  const headers = { "x-exos-client": "192.0.2.7", "x-exos-edge": `${unix}.${stamp}` };
  const answer = await fetch(`http://${HERE}:${listeners.httpPort}/v1/tip`, { headers });
  expect(answer.status).toBe(200);
  await answer.body?.cancel();
  expect(sockets.every((socket) => !socket.closed)).toBe(true);
  for (const socket of sockets) socket.destroy();
  await listeners[Symbol.asyncDispose]();
});

it("finishes an answer that began before it was told to stop", async () => {
  const { deps, stores, setState } = await createRpcNode([]);
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const tip = async () => {
    asked.resolve();
    await gate.promise;
    return stores.coins.tip();
  };
  setState({ stores: { ...stores, coins: { ...stores.coins, tip } } });
  const listeners = await listen({ deps }, ANY);
  const answer = fetch(`http://127.0.0.1:${listeners.httpPort}/v1/tip`);
  await asked.promise;
  const stopped = listeners[Symbol.asyncDispose]();
  gate.resolve();
  expect((await answer).status).toBe(200);
  await stopped;
});
