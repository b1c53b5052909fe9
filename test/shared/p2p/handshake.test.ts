import { describe, expect, it } from "vitest";
import { decodeAddresses } from "#shared/codec/messages/network-address.ts";
import { encodePing } from "#shared/codec/messages/ping.ts";
import { encodeReject } from "#shared/codec/messages/reject-message.ts";
import {
  decodeVersion,
  encodeVersion,
  type VersionMessage,
} from "#shared/codec/messages/version-message.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { dialectOf } from "#shared/p2p/dialect.ts";
import type { PeerSetup } from "#shared/p2p/peer-setup.ts";
import { ipv4, PeerDriver, THEIRS } from "../../support/peer-driver.ts";
import { ServedChain } from "../../support/served-chain.ts";

const chain = new ServedChain(exosRegtest, []);
const driver = (changes: Partial<PeerSetup> = {}) =>
  new PeerDriver({ network: exosRegtest, chain, height: 0 }, changes);
const outbound = (changes: Partial<PeerSetup> = {}) => driver({ inbound: false, ...changes });
const version = (changes: Partial<VersionMessage> = {}) => encodeVersion({ ...THEIRS, ...changes });
const reject = (message: string, code: number) =>
  encodeReject({ message, code, reason: "", hash: undefined });

describe("a handshake that we begin", () => {
  it("says our version, then verack, then what follows once", () => {
    const peer = outbound();
    expect(peer.commands).toEqual(["version"]);
    peer.message("version", version());
    expect(peer.commands).toEqual(["version", "verack"]);
    peer.message("verack");
    expect(peer.commands).toEqual([
      "version",
      "verack",
      "getaddr",
      "ping",
      "sendheaders",
      "getprovhdr",
    ]);
    expect(peer.actionsOf("ready")).toEqual([
      {
        kind: "ready",
        version: 70_012,
        services: 9n,
        userAgent: "/theirs:1/",
        startHeight: 5,
        relay: true,
        timeOffsetSeconds: 0,
      },
    ]);
    peer.message("verack");
    expect(peer.actionsOf("ready")).toHaveLength(1);
  });

  it("tells our own address where it is public", () => {
    const peer = outbound({ advertised: ipv4("1.2.3.4", 99) });
    peer.message("version", version());
    peer.message("verack");
    const told = peer.sent.find(({ command }) => command === "addr");
    expect(decodeAddresses(told?.payload ?? new Uint8Array(0))).toMatchObject({
      ok: true,
      value: [{ ...ipv4("1.2.3.4", 99), time: 1_526_431_697 }],
    });
  });

  it("measures how far the peer's clock is off", () => {
    const peer = outbound();
    peer.message("version", version({ time: THEIRS.time - 30n }));
    peer.message("verack");
    expect(peer.actionsOf("ready")).toMatchObject([{ timeOffsetSeconds: -30 }]);
  });

  it.each([
    [70_000, undefined],
    [69_999, "version too old"],
  ])("takes version %i: %s", (theirs, reason) => {
    const peer = outbound();
    peer.message("version", version({ version: theirs }));
    expect(peer.end).toEqual(reason && expect.objectContaining({ kind: "disconnect", reason }));
  });

  it.each([
    [9n, undefined],
    [13n, undefined],
    [1n, "services missing"],
    [0n, "services missing"],
  ])("asks for services and gets %i: %s", (services, reason) => {
    const peer = outbound({ servicesWanted: 9n });
    peer.message("version", version({ services }));
    expect(peer.end).toEqual(reason && expect.objectContaining({ reason, code: "EXOS-E3004" }));
  });

  it("ends with a reject, but not with the one that means nothing", () => {
    const peer = outbound();
    peer.message("reject", reject("", 0x12));
    expect(peer.end).toBeUndefined();
    peer.message("reject", reject("version", 0x11));
    expect(peer.end).toMatchObject({ reason: "handshake refused", detail: "code 17" });
  });

  it("takes a reject as a word among many once it is done", () => {
    const peer = outbound().handshake();
    peer.message("reject", reject("version", 0x11));
    expect(peer.end).toBeUndefined();
    peer.message("reject", new Uint8Array(1).fill(9));
    expect(peer.end).toMatchObject({ reason: "message unreadable" });
  });

  it("ends after ten seconds", () => {
    const peer = outbound();
    peer.message("version", version());
    peer.pass(9000);
    expect(peer.end).toBeUndefined();
    peer.pass(1000);
    expect(peer.end).toMatchObject({ reason: "handshake not finished in time", detail: "greeted" });
  });
});

describe("a handshake that the peer begins", () => {
  it("waits for its version, and says verack last", () => {
    const peer = driver();
    expect(peer.commands).toEqual([]);
    peer.message("version", version());
    expect(peer.commands).toEqual(["version"]);
    peer.message("verack");
    expect(peer.commands).toEqual(["version", "verack", "ping", "sendheaders", "getprovhdr"]);
  });

  it("says of us what the setup says", () => {
    const peer = driver({ services: 0n, relay: false, nonce: 7n, userAgent: "/a:1/" });
    peer.message("version", version());
    expect(decodeVersion(peer.sent[0]?.payload ?? new Uint8Array(0))).toMatchObject({
      ok: true,
      value: { version: 70_012, services: 0n, nonce: 7n, relay: false, userAgent: "/a:1/" },
    });
  });

  it("knows itself by the nonce", () => {
    const peer = driver({ nonce: 7n });
    peer.message("version", version({ nonce: 7n }));
    expect(peer.end).toMatchObject({ reason: "connected to itself", code: "EXOS-E3005" });
    expect(peer.commands).toEqual([]);
  });

  it("finishes with a version that is too old, and ends at its next message", () => {
    const peer = driver();
    peer.message("version", version({ version: 69_999 }));
    peer.message("verack");
    expect(peer.commands).toEqual(["version", "verack", "ping", "sendheaders"]);
    expect(peer.actionsOf("ready")).toEqual([]);
    expect(peer.peer.status().stage).toBe("unsuited");
    peer.message("getaddr");
    expect(peer.end).toMatchObject({ reason: "version too old" });
  });

  it("waits twenty seconds for the version, and ten for verack", () => {
    const silent = driver();
    silent.pass(19_000);
    expect(silent.end).toBeUndefined();
    silent.pass(1000);
    expect(silent.end).toMatchObject({ detail: "connecting", code: "EXOS-E3003" });

    const half = driver();
    half.pass(15_000);
    half.message("version", version());
    half.pass(9000);
    expect(half.end).toBeUndefined();
    half.pass(1000);
    expect(half.end).toMatchObject({ detail: "greeted" });
  });

  it("answers a ping at any time, and else only what belongs to it", () => {
    const peer = driver();
    peer.message("ping", encodePing(5n));
    peer.message("getaddr");
    peer.message("verack");
    expect(peer.commands).toEqual(["pong"]);
    expect(peer.actionsOf("dropped")).toEqual([
      { kind: "dropped", command: "getaddr", reason: "before the handshake" },
    ]);
  });

  it("ends with a version that cannot be read", () => {
    const peer = driver();
    peer.message("version", new Uint8Array(20));
    expect(peer.end).toMatchObject({ reason: "message unreadable", code: "EXOS-E3002" });
  });

  it("answers a second version with a reject, a few times", () => {
    const peer = driver().handshake();
    for (let count = 0; count < 8; count++) peer.message("version", version());
    expect(peer.commands).toEqual(Array.from({ length: 5 }, () => "reject"));
    expect(peer.actionsOf("dropped")).toHaveLength(3);
    expect(peer.end).toBeUndefined();
  });

  it("takes a version without a wish for one that wants transactions", () => {
    const peer = new PeerDriver(
      { network: bitcoinRegtest, chain: new ServedChain(bitcoinRegtest, []), height: 0 },
      { dialect: { ...dialectOf(bitcoinRegtest), versionMin: 60_002 } },
    );
    peer.message("version", version({ version: 60_002, relay: undefined }));
    peer.message("verack");
    expect(peer.actionsOf("ready")).toMatchObject([{ relay: true, version: 60_002 }]);
  });
});

describe("an ended peer", () => {
  it("does nothing any more", () => {
    const peer = driver().handshake();
    peer.give({ kind: "violation", reason: "bad-cs-amount" });
    expect(peer.end).toEqual({
      kind: "ban",
      seconds: 16_000,
      reason: "a block or header breaks a rule",
      detail: "bad-cs-amount",
      code: "EXOS-E3001",
    });
    peer.forget();
    peer.message("ping", encodePing(1n));
    peer.give({ kind: "tick" });
    peer.give({ kind: "requestBlocks", hashes: [chain.hash(0)] });
    expect(peer.actions).toEqual([]);
    expect(peer.peer.status().stage).toBe("ended");
  });

  it("was only disconnected for what cannot be read", () => {
    const peer = driver().handshake();
    peer.give({ kind: "unreadable", reason: "checksum wrong" });
    expect(peer.end).toMatchObject({ kind: "disconnect", reason: "checksum wrong" });
  });
});

describe("wishes and answers before the handshake", () => {
  it("go nowhere", () => {
    const peer = driver();
    peer.give({ kind: "requestBlocks", hashes: [chain.hash(0)] });
    peer.give({ kind: "ping" });
    expect(peer.actions).toEqual([]);
  });
});
