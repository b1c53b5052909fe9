import { describe, expect, it } from "vitest";
import { parseIp, parseNetworkOfIps } from "#shared/p2p/ip-address.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { connectionHost, connectionWorld, pass } from "../../support/connection-rig.ts";

const at = (host: string, port = 4_562) => ({ host, port });
const ip = (text: string) => parseIp(text) ?? new Uint8Array(16);
const told = (host: string, time: number) => ({
  ip: ip(host),
  port: 4_562,
  services: 1n,
  time: unixSeconds(time),
});

describe("connections", () => {
  it("dials who was named, and each side lists the other once the handshake is done", async () => {
    const world = connectionWorld();
    const a = await connectionHost(world, "20.1.0.1");
    const b = await connectionHost(world, "30.1.0.1", { settings: { connect: [at("20.1.0.1")] } });
    await pass(world.clock, 2);
    expect(b.peers.list()).toMatchObject([
      { kind: "manual", remote: at("20.1.0.1"), stage: "ready", greeting: { version: 70_012 } },
    ]);
    expect(a.peers.list()).toMatchObject([{ kind: "inbound", stage: "ready", sentBytes: 1 }]);
    expect(b.book.sizes()).toEqual({ told: 0, tried: 1 });
    expect(a.metrics.expose()).toContain("bitcoin_conn_in 1");
    expect(b.metrics.expose()).toContain("bitcoin_conn_out 1");
    await b.stop();
    await pass(world.clock, 1);
    expect(a.peers.list()).toEqual([]);
    expect(a.peers.totals()).toMatchObject({ sentBytes: 1, receivedBytes: 1 });
    expect(world.net.connections).toBe(0);
    await a.stop();
  });

  it("dials again when a named node comes back, after pauses that double", async () => {
    const world = connectionWorld();
    const b = await connectionHost(world, "30.1.0.1", { settings: { added: [at("20.1.0.1")] } });
    await pass(world.clock, 40);
    const dials = b.log.records.filter(({ message }) => message.includes("could not be dialled"));
    expect(dials).toHaveLength(5);
    const a = await connectionHost(world, "20.1.0.1");
    await pass(world.clock, 40);
    expect(b.peers.list()).toHaveLength(1);
    await Promise.all([a.stop(), b.stop()]);
  });

  it("dials whom it was told of, one of each network, until its slots are full", async () => {
    const world = connectionWorld();
    const hosts = ["20.1.0.1", "20.1.0.2", "20.2.0.1", "20.3.0.1", "20.4.0.1"];
    const others = await Promise.all(hosts.map((host) => connectionHost(world, host)));
    const a = await connectionHost(world, "30.1.0.1", { settings: { outboundMax: 3 } });
    a.book.add(
      hosts.map((host) => told(host, world.clock.now())),
      ip("9.9.9.9"),
    );
    await pass(world.clock, 40);
    const groups = a.peers.list().map(({ group }) => group);
    expect(groups).toHaveLength(3);
    expect(new Set(groups).size).toBe(3);
    for (const host of [a, ...others]) await host.stop();
  });

  it("looks with a feeler at one that it was told of while its slots are full", async () => {
    const world = connectionWorld();
    const hosts = ["20.1.0.1", "20.2.0.1"];
    const others = await Promise.all(hosts.map((host) => connectionHost(world, host)));
    const a = await connectionHost(world, "30.1.0.1", { settings: { outboundMax: 1 } });
    a.book.add(
      hosts.map((host) => told(host, world.clock.now())),
      ip("9.9.9.9"),
    );
    await pass(world.clock, 238);
    expect(a.book.sizes()).toEqual({ told: 1, tried: 1 });
    await pass(world.clock, 10);
    expect(a.book.sizes()).toEqual({ told: 0, tried: 2 });
    expect(a.peers.list()).toMatchObject([{ kind: "outbound" }]);
    expect(a.links.map(({ kind }) => kind)).toEqual(["outbound", "feeler"]);
    for (const host of [a, ...others]) await host.stop();
  });

  it("rests from an address after five failures, and never from one that was named", async () => {
    const world = connectionWorld();
    const a = await connectionHost(world, "30.1.0.1");
    a.book.answered(told("20.1.0.1", world.clock.now()));
    await pass(world.clock, 200);
    const dials = () =>
      a.log.records.filter(({ message }) => message.includes("could not be dialled")).length;
    expect(dials()).toBe(5);
    await pass(world.clock, 100);
    expect(dials()).toBe(5);
    a.peers.add("20.1.0.1", false);
    await pass(world.clock, 200);
    expect(dials()).toBeGreaterThan(5);
    await a.stop();
  });

  it("keeps only to those it is told to connect to", async () => {
    const world = connectionWorld();
    const [b, c] = [
      await connectionHost(world, "20.1.0.1"),
      await connectionHost(world, "20.2.0.1"),
    ];
    const a = await connectionHost(world, "30.1.0.1", { settings: { connect: [at("20.1.0.1")] } });
    a.book.add([told("20.2.0.1", world.clock.now())], ip("9.9.9.9"));
    await pass(world.clock, 20);
    expect(a.peers.list()).toMatchObject([{ remote: at("20.1.0.1") }]);
    for (const host of [a, b, c]) await host.stop();
  });

  it("lets in one of each network, no more than there is room, and whoever is whitelisted", async () => {
    const world = connectionWorld();
    const whitelist = [parseNetworkOfIps("60.0.0.0/8") ?? { ip: ip("60.0.0.1"), bits: 128 }];
    const a = await connectionHost(world, "20.1.0.1", { settings: { inboundMax: 2, whitelist } });
    const hosts = ["30.1.0.1", "30.1.0.2", "40.1.0.1", "50.1.0.1", "60.1.0.1"];
    const others = [];
    for (const host of hosts) {
      const settings = { connect: [at("20.1.0.1")] };
      others.push(await connectionHost(world, host, { settings }));
      await pass(world.clock, 2);
    }
    expect(a.peers.list().map(({ remote }) => remote.host)).toEqual([
      "30.1.0.1",
      "40.1.0.1",
      "60.1.0.1",
    ]);
    for (const host of [a, ...others]) await host.stop();
  });

  it("lets a peer go for a newcomer once there are more than it must spare", async () => {
    const world = connectionWorld();
    const inboundMax = 30;
    const a = await connectionHost(world, "20.1.0.1", { settings: { inboundMax } });
    const others = [];
    for (let n = 0; n <= inboundMax; n++) {
      const settings = { connect: [at("20.1.0.1")], listen: [] };
      others.push(await connectionHost(world, `30.${n}.0.1`, { settings }));
      await pass(world.clock, 1);
    }
    const hosts = a.peers.list().map(({ remote }) => remote.host);
    expect(hosts).toHaveLength(inboundMax);
    expect(hosts).toContain(`30.${inboundMax}.0.1`);
    for (const host of [a, ...others]) await host.stop();
  });

  it.each([
    [
      "lets nobody go",
      "for a caller of a private network, as a load balancer's probe is",
      "10.62.0.20",
      0,
    ],
    ["lets one go", "for whoever comes by Tor, from the loopback", "127.0.0.9", 1],
  ])("%s %s", async (_, _who, caller, gone) => {
    const world = connectionWorld();
    const inboundMax = 30;
    const a = await connectionHost(world, "20.1.0.1", { settings: { inboundMax } });
    const others = [];
    for (let n = 0; n < inboundMax; n++) {
      const settings = { connect: [at("20.1.0.1")], listen: [] };
      others.push(await connectionHost(world, `30.${n}.0.1`, { settings }));
      await pass(world.clock, 1);
    }
    const settings = { connect: [at("20.1.0.1")], listen: [] };
    others.push(await connectionHost(world, caller, { settings }));
    await pass(world.clock, 1);
    const hosts = a.peers.list().map(({ remote }) => remote.host);
    expect(hosts.filter((host) => host.startsWith("30."))).toHaveLength(inboundMax - gone);
    expect(hosts.includes(caller)).toBe(gone === 1);
    for (const host of [a, ...others]) await host.stop();
  });

  it("bans who broke a rule, closes all it has of that address, and lets nobody of it in", async () => {
    const world = connectionWorld();
    const a = await connectionHost(world, "20.1.0.1", { settings: { development: true } });
    const b = await connectionHost(world, "30.1.0.1", { settings: { connect: [at("20.1.0.1")] } });
    await pass(world.clock, 2);
    a.links[0]?.end({
      kind: "ban",
      seconds: 16_000,
      reason: "a block or header breaks a rule",
      detail: "bad-cs-amount",
      code: "EXOS-E3001",
    });
    await pass(world.clock, 20);
    expect(a.peers.list()).toEqual([]);
    expect(a.peers.bans()).toMatchObject([
      { subject: "30.1.0.1/32", reason: "a block or header breaks a rule" },
    ]);
    expect(a.log.records.filter(({ level }) => level === "warn")).toMatchObject([
      { code: "EXOS-E3001", fields: { reason: "a block or header breaks a rule" } },
    ]);
    world.clock.advance(16_000_000);
    await pass(world.clock, 140);
    expect(a.peers.list()).toHaveLength(1);
    await Promise.all([a.stop(), b.stop()]);
  });

  it("bans nobody who is whitelisted, and on this machine one node and not its neighbours", async () => {
    const world = connectionWorld();
    const settings = { connect: [at("127.0.0.1")], listen: [] };
    const whitelist = [parseNetworkOfIps("30.1.0.1") ?? { ip: ip("::"), bits: 128 }];
    const a = await connectionHost(world, "127.0.0.1", { settings: { whitelist } });
    const b = await connectionHost(world, "30.1.0.1", { settings });
    const c = await connectionHost(world, "127.0.0.2", { settings });
    await pass(world.clock, 2);
    for (const link of a.links) {
      link.end({
        kind: "ban",
        seconds: 16_000,
        reason: "more than 2000 headers",
        detail: "",
        code: "EXOS-E3001",
      });
    }
    expect(a.peers.bans().map(({ subject }) => subject)).toEqual(["127.0.0.2:49152"]);
    for (const host of [a, b, c]) await host.stop();
  });

  it("dials an address at which it met itself never again", async () => {
    const world = connectionWorld();
    const a = await connectionHost(world, "20.1.0.1", { settings: { added: [at("20.1.0.1")] } });
    await pass(world.clock, 1);
    a.links
      .find(({ kind }) => kind === "manual")
      ?.end({
        kind: "disconnect",
        reason: "connected to itself",
        detail: "",
        code: "EXOS-E3005",
      });
    await pass(world.clock, 100);
    expect(a.peers.list()).toEqual([]);
    expect(a.links).toHaveLength(2);
    expect(a.log.records).toContainEqual(expect.objectContaining({ code: "EXOS-E3005" }));
    await a.stop();
  });

  it("follows what an operator says about nodes, and refuses what means nothing", async () => {
    const world = connectionWorld();
    const b = await connectionHost(world, "30.1.0.1");
    const a = await connectionHost(world, "20.1.0.1", { settings: { outboundMax: 0 } });
    expect(a.peers.add("30.1.0.1:4562", false)).toEqual({ ok: true, value: undefined });
    expect(a.peers.add("30.1.0.1", false)).toMatchObject({ error: { reason: "added already" } });
    expect(a.peers.add("no host", false)).toMatchObject({ error: { reason: "no endpoint" } });
    await pass(world.clock, 2);
    expect(a.peers.added()).toMatchObject([
      { text: "30.1.0.1:4562", connections: [{ direction: "outbound" }] },
    ]);
    a.peers.ping();
    expect(a.pinged).toEqual([1]);
    expect(a.peers.disconnect({ kind: "id", id: 9 })).toMatchObject({
      error: { reason: "not connected", code: "EXOS-E3009" },
    });
    expect(a.peers.remove("30.1.0.1")).toMatchObject({ ok: true });
    expect(a.peers.remove("30.1.0.1")).toMatchObject({ error: { reason: "not added" } });
    expect(a.peers.disconnect({ kind: "endpoint", text: "30.1.0.1" })).toMatchObject({ ok: true });
    await pass(world.clock, 40);
    expect(a.peers.list()).toEqual([]);
    a.peers.add("30.1.0.1", true);
    await pass(world.clock, 2);
    expect(a.peers.list()).toHaveLength(1);
    expect(a.peers.added()).toEqual([]);
    const until = unixSeconds(world.clock.now() + 100);
    expect(await a.peers.ban("30.0.0.0/8", until)).toMatchObject({ ok: true });
    expect(await a.peers.ban("nobody", until)).toMatchObject({ error: { reason: "not bannable" } });
    await pass(world.clock, 1);
    expect(a.peers.list()).toEqual([]);
    expect(await a.peers.lift("30.0.0.0/8")).toMatchObject({ ok: true });
    expect(await a.peers.lift("30.0.0.0/8")).toMatchObject({ error: { reason: "not bannable" } });
    await a.peers.clearBans();
    await Promise.all([a.stop(), b.stop()]);
  });

  it("says at once that it has no source of peers, and is silent where it has one", async () => {
    const cases = [
      [{}, true],
      [{ added: [at("20.1.0.1")] }, false],
      [{ connect: [at("20.1.0.1")] }, false],
      [{ seeds: ["seed.example.org"] }, false],
      [{ development: true }, false],
    ] as const;
    for (const [settings, warns] of cases) {
      const a = await connectionHost(connectionWorld(), "30.1.0.1", { settings });
      const codes = a.log.records.map(({ code }) => code);
      expect(codes.includes("EXOS-E3006"), JSON.stringify(settings)).toBe(warns);
      await a.stop();
    }
  });

  it("asks seeds while nobody is known, once an hour", async () => {
    const world = connectionWorld();
    const asked: string[] = [];
    const b = await connectionHost(world, "20.1.0.1");
    const a = await connectionHost(world, "30.1.0.1", {
      settings: { seeds: ["seed.example.org"] },
      resolve: async (name) => {
        asked.push(name);
        return asked.length === 1 ? [] : ["20.1.0.1", "no address"];
      },
    });
    await pass(world.clock, 100);
    expect(asked).toEqual(["seed.example.org"]);
    world.clock.advance(3_600_000);
    await pass(world.clock, 10);
    expect(asked).toHaveLength(2);
    expect(a.peers.list()).toMatchObject([{ kind: "outbound", remote: at("20.1.0.1") }]);
    await Promise.all([a.stop(), b.stop()]);
  });

  it("moves its clock by the median of those it dialled, and says when they are too far", async () => {
    const world = connectionWorld();
    const hosts = ["20.1.0.1", "20.2.0.1", "20.3.0.1", "20.4.0.1"];
    const others = await Promise.all(hosts.map((host) => connectionHost(world, host)));
    const connect = hosts.map((host) => at(host));
    const near = await connectionHost(world, "30.1.0.1", {
      settings: { connect },
      greeting: { timeOffsetSeconds: 40 },
    });
    const far = await connectionHost(world, "31.1.0.1", {
      settings: { connect },
      greeting: { timeOffsetSeconds: -7_200 },
    });
    await pass(world.clock, 4);
    expect(near.adjusted).toEqual([40]);
    expect(near.peers.network()).toMatchObject({ timeOffsetSeconds: 40, clockSkewSeconds: 40 });
    expect(far.adjusted).toEqual([]);
    expect(far.peers.network().clockSkewSeconds).toBe(-7_200);
    expect(far.log.records.filter(({ code }) => code === "EXOS-E3008")).toHaveLength(1);
    for (const host of [near, far, ...others]) await host.stop();
  });

  it("says which port is taken before anything else", async () => {
    const world = connectionWorld();
    const a = await connectionHost(world, "20.1.0.1");
    await expect(connectionHost(world, "20.1.0.1")).rejects.toMatchObject({
      reason: "address in use",
    });
    await a.stop();
  });
});
