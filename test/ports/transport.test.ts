import { Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryNet, type NetWeather } from "#shared/adapters/embedded/memory-transport.ts";
import {
  createPartition,
  createPartitionedTransport,
} from "#shared/adapters/embedded/partitioned-transport.ts";
import { createSocksTransport } from "#shared/adapters/embedded/socks-transport.ts";
import { connected, createTcpTransport } from "#shared/adapters/embedded/tcp-transport.ts";
import type { Endpoint, Transport } from "#shared/ports/transport.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { seededNumbers } from "../support/flaky.ts";
import { socksServer } from "../support/socks-server.ts";
import { collect, transportContract } from "./transport.contract.ts";

const never = new AbortController().signal;

function memoryRig(weather?: NetWeather, seed = 1) {
  const clock = createManualClock(unixSeconds(1_700_000_000));
  const net = createMemoryNet({
    clock,
    next: seededNumbers(seed),
    ...(weather === undefined ? {} : { weather }),
  });
  const settle = async () => {
    for (let turn = 0; turn < 400; turn++) {
      await Promise.resolve();
      if (turn % 20 === 19) clock.advance(50);
    }
  };
  return {
    near: net.transport("10.0.0.1"),
    far: net.transport("10.0.0.2"),
    nearHost: "10.0.0.1",
    net,
    clock,
    settle,
  };
}

const onLoopback = (host: string) => () => ({
  near: createTcpTransport(),
  far: createTcpTransport(),
  nearHost: host,
  settle: async () => undefined,
});

describe("memory transport", () => {
  transportContract(() => memoryRig());

  it("needs the time that the weather says, and no message overtakes another", async () => {
    const rig = memoryRig({ loss: 0, duplication: 0, delayMs: [100, 300] });
    const listener = await rig.near.listen({ host: rig.nearHost, port: 9 }, (connection) => {
      for (let n = 0; n < 50; n++) connection.write(Uint8Array.of(n));
    });
    const dialling = rig.far.dial(listener.local, never);
    rig.clock.advance(300);
    const far = await dialling;
    const atFar = collect(far);
    rig.clock.advance(99);
    await far.drained();
    expect(atFar.pieces.length).toBe(0);
    await rig.settle();
    expect(await atFar.bytes(50)).toEqual(Uint8Array.from(Array(50).keys()));
  });

  it("loses and doubles whole messages, alike for the same seed", async () => {
    const run = async (seed: number) => {
      const rig = memoryRig({ loss: 0.2, duplication: 0.2, delayMs: [0, 5] }, seed);
      const got: number[] = [];
      await rig.near.listen({ host: rig.nearHost, port: 9 }, (connection) =>
        connection.onData((bytes) => got.push(...bytes)),
      );
      const dialling = rig.far.dial({ host: rig.nearHost, port: 9 }, never);
      await rig.settle();
      const far = await dialling;
      for (let n = 0; n < 100; n++) far.write(Uint8Array.of(n));
      await rig.settle();
      return got;
    };
    const got = await run(7);
    expect(got).toEqual(await run(7));
    expect(got).not.toEqual(await run(8));
    expect(new Set(got).size).toBeLessThan(100);
    expect(new Set(got).size).toBeLessThan(got.length);
  });

  it("goes silent across a cut without telling anybody, and on after it heals", async () => {
    const rig = memoryRig();
    const got: number[] = [];
    await rig.near.listen({ host: rig.nearHost, port: 9 }, (connection) =>
      connection.onData((bytes) => got.push(...bytes)),
    );
    const far = await rig.far.dial({ host: rig.nearHost, port: 9 }, never);
    rig.net.cut([["10.0.0.1"], ["10.0.0.2"]]);
    far.write(Uint8Array.of(1));
    await rig.settle();
    expect(got).toEqual([]);
    expect(rig.net.connections).toBe(2);
    await expect(rig.far.dial({ host: rig.nearHost, port: 9 }, never)).rejects.toMatchObject({
      reason: "unreachable",
    });
    rig.net.heal();
    far.write(Uint8Array.of(2));
    await rig.settle();
    expect(got).toEqual([2]);
  });
});

describe("memory transport in slow weather", () => {
  transportContract(() => memoryRig({ loss: 0, duplication: 0, delayMs: [10, 40] }));
});

describe("tcp transport, IPv4", () => transportContract(onLoopback("127.0.0.1")));

describe("tcp transport, IPv6", () => transportContract(onLoopback("::1")));

describe("tcp transport, every address", () => {
  it("accepts both kinds, and calls an IPv4 peer by its IPv4 address", async () => {
    const tcp = createTcpTransport();
    const remotes: string[] = [];
    const listener = await tcp.listen({ host: "::", port: 0 }, (connection) => {
      remotes.push(connection.remote.host);
      connection.close();
    });
    for (const host of ["127.0.0.1", "::1"]) {
      const connection = await tcp.dial({ host, port: listener.local.port }, never);
      await collect(connection).closed();
    }
    expect(remotes).toEqual(["127.0.0.1", "::1"]);
    await listener[Symbol.asyncDispose]();
  });

  it("names an address that is not of this machine, and one that never answers", async () => {
    const tcp = createTcpTransport();
    await expect(tcp.listen({ host: "192.0.2.1", port: 0 }, () => undefined)).rejects.toMatchObject(
      { reason: "address not ours", retryable: false },
    );
    const silent = connected(new Socket(), "dial a peer", AbortSignal.timeout(1));
    await expect(silent).rejects.toMatchObject({ reason: "timeout", retryable: true });
  });
});

describe("socks transport", () => {
  const proxied = async (hosts: Readonly<Record<string, string>> = {}) => {
    const server = await socksServer(hosts);
    onTestFinished(() => server.close());
    const proxy = { host: "127.0.0.1", port: server.port };
    const direct = createTcpTransport();
    return { server, far: createSocksTransport({ proxy, direct, isDirect: () => false }) };
  };

  transportContract(async () => ({
    near: createTcpTransport(),
    far: (await proxied()).far,
    nearHost: "127.0.0.1",
    proxied: true,
    settle: async () => undefined,
  }));

  it("leaves names to the proxy, onion ones too", async () => {
    const { server, far } = await proxied({ "abc234.onion": "127.0.0.1" });
    const tcp = createTcpTransport();
    const listener = await tcp.listen({ host: "127.0.0.1", port: 0 }, (near) => near.close());
    const { port } = listener.local;
    const connection = await far.dial({ host: "abc234.onion", port }, never);
    expect(connection.remote).toEqual({ host: "abc234.onion", port });
    expect(await collect(connection).closed()).toEqual([undefined]);
    expect(server.asked).toEqual(["abc234.onion"]);
    await listener[Symbol.asyncDispose]();
  });

  it("gives up when told, names a proxy that is not there, and goes past it where it may", async () => {
    const { server, far } = await proxied();
    const stop = new AbortController();
    const waiting = far.dial({ host: "silent.onion", port: 9 }, stop.signal).catch((one) => one);
    while (server.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    expect(await waiting).toMatchObject({ name: "NetFault", reason: "aborted" });
    const direct = createTcpTransport();
    const proxy = { host: "127.0.0.1", port: server.port };
    server.close();
    const isDirect = (host: string) => host === "127.0.0.1";
    const gone = createSocksTransport({ proxy, direct, isDirect });
    await expect(gone.dial({ host: "a.onion", port: 9 }, never)).rejects.toMatchObject({
      reason: "refused",
    });
    const listener = await gone.listen({ host: "127.0.0.1", port: 0 }, (near) => near.close());
    (await gone.dial(listener.local, never)).close();
    await listener[Symbol.asyncDispose]();
  });
});

describe("partitioned transport", () => {
  const nodes = (near: Transport, far: Transport) => {
    const partition = createPartition();
    const at: { near?: Endpoint; far?: Endpoint } = {};
    return {
      partition,
      at,
      near: createPartitionedTransport(near, partition, () => at.near),
      far: createPartitionedTransport(far, partition, () => at.far),
    };
  };

  transportContract(() => ({
    ...nodes(createTcpTransport(), createTcpTransport()),
    nearHost: "127.0.0.1",
    settle: async () => undefined,
  }));

  it("closes what crosses a cut, refuses to dial over it, and dials again after it healed", async () => {
    const { near, far, partition, at } = nodes(createTcpTransport(), createTcpTransport());
    const listeners = await Promise.all(
      [near, far].map((node) =>
        node.listen({ host: "127.0.0.1", port: 0 }, (connection) => collect(connection)),
      ),
    );
    const [a, b] = listeners.map(({ local }) => local);
    if (a === undefined || b === undefined) throw new RangeError("no listener");
    Object.assign(at, { near: a, far: b });
    const open = await far.dial(a, never);
    const closed = collect(open).closed();
    partition.cut([[a], [b]]);
    expect(await closed).toEqual([undefined]);
    await expect(far.dial(a, never)).rejects.toMatchObject({ reason: "unreachable" });
    partition.heal();
    (await far.dial(a, never)).close();
    partition.cut([[a, b]]);
    (await far.dial(a, never)).close();
    for (const listener of listeners) await listener[Symbol.asyncDispose]();
  });
});
