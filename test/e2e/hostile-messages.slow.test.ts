import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeFrame, PAYLOAD_BYTES_MAX } from "#shared/codec/messages/frame.ts";
import { encodeInventory } from "#shared/codec/messages/inventory.ts";
import { encodeAddresses } from "#shared/codec/messages/network-address.ts";
import { encodePing } from "#shared/codec/messages/ping.ts";
import { Writer } from "#shared/codec/writer.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { type Hash256, unixSeconds } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import { answers, growth, type HostileWorld, openHostileWorld } from "../support/hostile-world.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { WirePeer } from "../support/wire-peer.ts";

const { magic } = exosRegtest;
const random = createSeededRandom(5);
const MEBIBYTE = 1_048_576;
/** What stands before an IPv4 address in sixteen bytes. */
const V4 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] as const;

const frame = (command: string, payload: Uint8Array) => encodeFrame(magic, command, payload);

let world: HostileWorld;

beforeAll(async () => {
  world = await openHostileWorld();
});

afterAll(() => world[Symbol.asyncDispose]());

describe("what is no message", () => {
  it.each([
    [
      "a head that promises more than 4 MiB",
      () => {
        const head = frame("block", new Uint8Array(0)).slice(0, 24);
        new DataView(head.buffer).setUint32(16, PAYLOAD_BYTES_MAX + 1, true);
        return head;
      },
      "EXOS-E3002 message too long",
    ],
    [
      "a head that promises 4 GiB",
      () => {
        const head = frame("tx", new Uint8Array(0)).slice(0, 24);
        new DataView(head.buffer).setUint32(16, 0xffff_ffff, true);
        return head;
      },
      "EXOS-E3002 message too long",
    ],
    [
      "a wrong checksum",
      () => {
        const bytes = frame("ping", encodePing(1n));
        bytes[20] = (bytes[20] ?? 0) ^ 1;
        return bytes;
      },
      "EXOS-E3002 checksum wrong",
    ],
    [
      "a list that is shorter than its count",
      () => frame("inv", new Writer(40).length(1_000).u32(1).finish()),
      "EXOS-E3002 message unreadable",
    ],
    [
      "a count of 2^64 - 1",
      () => frame("addr", new Uint8Array(9).fill(0xff)),
      "EXOS-E3002 message unreadable",
    ],
  ])("ends the connection without a ban: %s", async (_, bytes, reason) => {
    using peer = await world.attacker();
    const bans = world.victim.peered.peers.bans().length;
    peer.raw(bytes());
    await peer.closed();
    expect(world.victim.reasons()).toContain(reason);
    expect(world.victim.peered.peers.bans()).toHaveLength(bans);
    await world.stillWell();
  });

  it("is skipped where it is an unknown command or noise between messages", async () => {
    using peer = await world.attacker();
    peer.send("wibble", random.bytes(1_000));
    peer.raw(random.bytes(5_000));
    await answers(peer);
    expect(world.victim.drops()).toContain("wibble: unknown command");
    await world.stillWell();
  });

  it("holds nothing back when a message stops in the middle", async () => {
    using peer = await world.attacker();
    peer.raw(frame("tx", random.bytes(100_000)).subarray(0, 50_000));
    await world.stillWell();
  });
});

describe("a flood", () => {
  const hashes = (count: number, type: number) =>
    encodeInventory(
      Array.from({ length: count }, () => ({ type, hash: random.bytes(32) as Hash256 })),
    );

  it("of announcements costs no memory that stays", async () => {
    using peer = await world.attacker();
    const inventory = hashes(5_000, 1);
    const grown = await growth(async () => {
      for (let n = 0; n < 40; n++) peer.send("inv", inventory);
      await answers(peer);
    });
    expect(grown).toBeLessThan(64 * MEBIBYTE);
    expect(world.victim.drops()).toContain("inv: too often");
    await world.stillWell();
  });

  it("of requests for what is not there is answered by silence", async () => {
    using peer = await world.attacker();
    for (let n = 0; n < 20; n++) peer.send("getdata", hashes(1_000, 2));
    await answers(peer);
    expect(peer.received.map(({ command }) => command)).not.toContain("block");
    await world.stillWell();
  });

  it("of requests whose answers nobody reads is cut off or waits", async () => {
    using peer = await world.attacker();
    peer.pause();
    const wanted = await world.victim.node.tip();
    const items = Array(1_000).fill({ type: 2, hash: fromHashHex(wanted.hash) });
    const grown = await growth(async () => {
      for (let n = 0; n < 50; n++) peer.send("getdata", encodeInventory(items));
      await world.stillWell();
    });
    expect(grown).toBeLessThan(64 * MEBIBYTE);
  });

  it("of addresses is taken in as slowly as honest peers send them", async () => {
    using peer = await world.attacker();
    const time = unixSeconds(world.victim.clock.now());
    for (let n = 0; n < 20; n++) {
      const list = Array.from({ length: 1_000 }, () => ({
        ip: Uint8Array.of(...V4, ...random.bytes(4)),
        port: 1 + random.below(65_000),
        services: 1n,
        time,
      }));
      peer.send("addr", encodeAddresses(list));
    }
    await answers(peer);
    const [own] = world.victim.peered.peers
      .list()
      .filter(({ remote }) => remote.port === peer.local.port);
    expect(own?.addressesTaken).toBeGreaterThanOrEqual(1_000);
    expect(own?.addressesTaken).toBeLessThan(2_000);
    expect(world.victim.drops()).toContain("addr: too often");
    await world.stillWell();
  });

  it("of addresses in one message is a violation", async () => {
    using peer = await world.attacker();
    const one = {
      ip: Uint8Array.of(...V4, 20, 1, 1, 1),
      port: 1,
      services: 1n,
      time: unixSeconds(0),
    };
    peer.send("addr", encodeAddresses(Array(1_001).fill(one)));
    await peer.closed();
    expect(world.victim.reasons()).toContain("EXOS-E3001 addr of more than 1000 entries");
    await world.stillWell();
  });

  it("of pings is answered as far as is fair", async () => {
    using peer = await world.attacker();
    for (let n = 0; n < 5_000; n++) peer.send("ping", encodePing(BigInt(n)));
    await world.stillWell();
    expect(peer.received.filter(({ command }) => command === "pong").length).toBeLessThan(1_000);
    expect(peer.isClosed).toBe(false);
    expect(world.victim.drops()).toContain("ping: too often");
  });
});

describe("a handshake", () => {
  it("that never ends is ended", async () => {
    using silent = await WirePeer.knock(exosRegtest, world.victim.endpoint);
    await world.victim.until(() => world.victim.peered.peers.list().length > 1);
    world.victim.clock.jump(21);
    await silent.closed();
    expect(world.victim.reasons()).toContain("EXOS-E3003 handshake not finished in time");
    await world.stillWell();
  });

  it("with oneself is noticed, and not repeated", async () => {
    const { host, port } = world.victim.endpoint;
    world.victim.peered.peers.add(`${host}:${port}`, false);
    await world.victim.until(() =>
      world.victim.reasons().includes("EXOS-E3005 connected to itself"),
    );
    await world.victim.until(() => world.victim.peered.peers.list().length <= 1);
    await world.stillWell();
    world.victim.peered.peers.remove(`${host}:${port}`);
  });

  it("of two hundred strangers at once leaves room for the honest one", async () => {
    const strangers = [];
    for (let n = 0; n < 200; n++)
      strangers.push(await WirePeer.knock(exosRegtest, world.victim.endpoint));
    expect(world.victim.peered.peers.list().length).toBeLessThanOrEqual(118);
    await world.stillWell();
    for (const stranger of strangers) stranger[Symbol.dispose]();
    await world.victim.until(() => world.victim.peered.peers.list().length === 1);
  });
});

describe("a clock", () => {
  it.each([6, -6])("that jumps by %i hours loses neither peers nor blocks", async (hours) => {
    const before = world.victim.peered.peers.bans().length;
    world.victim.clock.jump(3_600 * hours);
    await world.victim.clock.sleep(600);
    world.victim.clock.jump(-3_600 * hours);
    await world.stillWell();
    expect(world.victim.peered.peers.bans().length).toBeLessThanOrEqual(before);
  });
});
