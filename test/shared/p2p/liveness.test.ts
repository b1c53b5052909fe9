import { describe, expect, it } from "vitest";
import { decodePing, encodePing } from "#shared/codec/messages/ping.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { PeerDriver } from "../../support/peer-driver.ts";
import { ServedChain } from "../../support/served-chain.ts";

const chain = new ServedChain(exosRegtest, []);
const fresh = () => new PeerDriver({ network: exosRegtest, chain, height: 0 });
const ready = () => fresh().handshake();

/** Answer the ping that was sent last. */
function answer(peer: PeerDriver): void {
  const ping = peer.sent.findLast(({ command }) => command === "ping");
  peer.message("pong", ping?.payload);
}

describe("pings", () => {
  it("are answered with their number, also where more follows it", () => {
    const peer = ready();
    peer.message("ping", Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
    expect(peer.sent).toEqual([
      { kind: "send", command: "pong", payload: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
    ]);
  });

  it("that cannot be read end the connection, as do such pongs", () => {
    for (const command of ["ping", "pong"]) {
      const peer = ready();
      peer.message(command, new Uint8Array(7));
      expect(peer.end).toMatchObject({ reason: "message unreadable" });
    }
  });

  it("in a flood are left aside, and answered again later", () => {
    const peer = ready();
    for (let count = 0; count < 150; count++) peer.message("ping", encodePing(1n));
    expect(peer.sent).toHaveLength(100);
    expect(peer.end).toBeUndefined();
    peer.pass(1000);
    peer.message("ping", encodePing(1n));
    expect(peer.commands.at(-1)).toBe("pong");
  });

  it("are sent every two minutes, each with another number", () => {
    const peer = fresh();
    peer.handshake();
    peer.message("pong", encodePing(1n));
    expect(peer.actionsOf("latency")).toEqual([{ kind: "latency", ms: 0 }]);
    peer.pass(119_000);
    expect(peer.commands).not.toContain("ping");
    peer.pass(1000);
    expect(decodePing(peer.sent.at(-1)?.payload ?? new Uint8Array(0))).toMatchObject({ value: 2n });
  });

  it("are measured, the shortest kept", () => {
    const peer = ready();
    peer.pass(3000);
    peer.message("pong", encodePing(1n));
    peer.give({ kind: "ping" });
    peer.pass(5000);
    answer(peer);
    expect(peer.actionsOf("latency").map(({ ms }) => ms)).toEqual([3000, 5000]);
    expect(peer.peer.status()).toMatchObject({ pingMs: 5000, pingMinMs: 3000 });
  });

  it("are not sent on demand while one is on its way", () => {
    const peer = ready();
    peer.give({ kind: "ping" });
    expect(peer.sent).toEqual([]);
    expect(peer.peer.status().pingSentAtMs).toBe(0);
  });

  it("are not answered by another number", () => {
    const peer = ready();
    peer.message("pong", encodePing(99n));
    expect(peer.actionsOf("dropped")).toMatchObject([{ reason: "not asked for" }]);
    answer(peer);
  });

  it("have twenty minutes", () => {
    const peer = ready();
    peer.pass(20 * 60_000 - 1000);
    expect(peer.end).toBeUndefined();
    peer.pass(1000);
    expect(peer.end).toMatchObject({ reason: "ping not answered in time", code: "EXOS-E3003" });
  });

  it("go on around the end of the numbers", () => {
    const peer = new PeerDriver(
      { network: exosRegtest, chain, height: 0 },
      { pingNonce: (1n << 64n) - 1n },
    );
    peer.handshake();
    peer.message("pong", encodePing(0n));
    expect(peer.actionsOf("latency")).toHaveLength(1);
  });
});

describe("what nobody knows", () => {
  it("is left aside by name", () => {
    const peer = ready();
    for (const command of ["filterload", "alert", "notfound", "sendcmpct"]) peer.message(command);
    expect(peer.actionsOf("dropped").map(({ reason }) => reason)).toEqual(
      Array.from({ length: 4 }, () => "unknown command"),
    );
    expect(peer.end).toBeUndefined();
    expect(peer.peer.status().lastReceivedAtMs).toBe(0);
  });
});
