import { describe, expect, it } from "vitest";
import { encodeHeaders, encodeProvenHeaders } from "#shared/codec/messages/headers.ts";
import { decodeLocator, decodeVersionedLocator } from "#shared/codec/messages/locator.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { PlainHeader } from "#shared/p2p/peer-action.ts";
import type { PeerSetup } from "#shared/p2p/peer-setup.ts";
import { height } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import { linkedHeaders, provenOf } from "../../support/linked-headers.ts";
import { PeerDriver } from "../../support/peer-driver.ts";
import { ServedChain } from "../../support/served-chain.ts";

const exosChain = new ServedChain(exosRegtest, []);
const genesis = exosChain.hash(0);

const exos = (changes: Partial<PeerSetup> = {}, version = 70_012) =>
  new PeerDriver({ network: exosRegtest, chain: exosChain, height: 0 }, changes).handshake({
    version,
  });
const bitcoin = () =>
  new PeerDriver({
    network: bitcoinRegtest,
    chain: new ServedChain(bitcoinRegtest, []),
    height: 0,
  }).handshake();

const plain = (headers: readonly PlainHeader[], network = exosRegtest) =>
  encodeHeaders(
    headers.map(({ header }) => header),
    network.consensus.wire,
  );
const proven = (headers: readonly PlainHeader[]) =>
  encodeProvenHeaders(provenOf(exosRegtest, headers));

function ask(peer: PeerDriver, from: number, first = genesis): void {
  const locator = [first];
  peer.give({ kind: "requestHeaders", locator, stop: zeroHash(), height: height(from) });
}

describe("a wish for headers", () => {
  it.each([
    ["below the last checkpoint", 4, 70_012, "getheaders"],
    ["at the last checkpoint", 5, 70_012, "getprovhdr"],
    ["below it, of an older peer", 4, 70_011, "getheaders"],
    ["at it, of an older peer", 5, 70_011, undefined],
  ])("%s", (_, from, version, command) => {
    const peer = exos({ lastCheckpoint: height(5) }, version);
    peer.pass(2000);
    peer.forget();
    ask(peer, from, zeroHash());
    expect(peer.commands).toEqual(command === undefined ? [] : [command]);
  });

  it("carries the locator, with the version spoken where the form has one", () => {
    const peer = exos({ lastCheckpoint: height(5) }, 70_005);
    ask(peer, 4, zeroHash());
    const payload = peer.sent[0]?.payload ?? new Uint8Array(0);
    expect(decodeVersionedLocator(payload)).toMatchObject({
      value: { version: 70_005, hashes: [zeroHash()], stop: zeroHash() },
    });
    const newer = exos();
    ask(newer, 7, zeroHash());
    expect(decodeLocator(newer.sent[0]?.payload ?? payload)).toMatchObject({
      value: { hashes: [zeroHash()], stop: zeroHash() },
    });
  });

  it("is told in one way where headers prove themselves", () => {
    const peer = bitcoin();
    ask(peer, 9, zeroHash());
    expect(peer.commands).toEqual(["getheaders"]);
  });

  it("without a locator is none", () => {
    const peer = exos();
    peer.give({ kind: "requestHeaders", locator: [], stop: zeroHash(), height: height(0) });
    expect(peer.sent).toEqual([]);
  });

  it("waits a second before it repeats itself, and is sent then, once", () => {
    const peer = exos();
    for (let count = 0; count < 5; count++) ask(peer, 0);
    expect(peer.commands).toEqual([]);
    peer.pass(1000);
    expect(peer.commands).toEqual(["getprovhdr"]);
    peer.pass(5000);
    expect(peer.commands).toEqual(["getprovhdr"]);
  });

  it("of another place does not wait", () => {
    const peer = exos();
    ask(peer, 0);
    ask(peer, 1, zeroHash());
    expect(peer.commands).toEqual(["getprovhdr"]);
    peer.pass(3000);
    expect(peer.commands).toEqual(["getprovhdr"]);
  });

  it("comes up every ten minutes by itself", () => {
    const peer = exos();
    peer.pass(10 * 60_000 - 1000);
    expect(peer.actionsOf("syncWanted")).toEqual([]);
    peer.pass(1000);
    expect(peer.actionsOf("syncWanted")).toHaveLength(1);
  });

  it("shows in the status until an answer comes", () => {
    const peer = exos();
    expect(peer.peer.status().headersAskedAtMs).toBe(0);
    peer.message("provhdr", proven([]));
    expect(peer.peer.status().headersAskedAtMs).toBeUndefined();
  });
});

describe("headers that come", () => {
  const headers = linkedHeaders(exosRegtest, 2001);

  it("are given on with their proofs", () => {
    const peer = exos();
    peer.message("provhdr", proven(headers.slice(0, 3)));
    const [given] = peer.actionsOf("headers");
    expect(given?.proven).toBe(true);
    expect(given?.headers.map(({ hash }) => hash)).toEqual(
      headers.slice(0, 3).map(({ hash }) => hash),
    );
  });

  it("without proofs count where we asked for such, and are left aside elsewhere", () => {
    const peer = exos({ lastCheckpoint: height(5) });
    peer.message("headers", plain(headers.slice(0, 3)));
    expect(peer.actionsOf("headers")).toEqual([
      { kind: "headers", proven: false, headers: headers.slice(0, 3) },
    ]);
    ask(peer, 5, zeroHash());
    peer.forget();
    peer.message("headers", plain(headers.slice(0, 3)));
    expect(peer.actions).toEqual([{ kind: "dropped", command: "headers", reason: "not wanted" }]);
  });

  it("without proofs are left aside where nothing was asked for", () => {
    const peer = exos({}, 70_000);
    peer.message("headers", plain(headers.slice(0, 3)));
    expect(peer.actions).toEqual([{ kind: "dropped", command: "headers", reason: "not wanted" }]);
  });

  it("prove themselves in Bitcoin's dialect, which has no others", () => {
    const peer = bitcoin();
    const own = linkedHeaders(bitcoinRegtest, 3);
    peer.message("headers", plain(own, bitcoinRegtest));
    expect(peer.actionsOf("headers")).toEqual([{ kind: "headers", proven: false, headers: own }]);
    peer.message("provhdr", proven(headers.slice(0, 1)));
    expect(peer.actionsOf("dropped")).toMatchObject([{ reason: "unknown command" }]);
  });

  it.each([
    [2000, undefined],
    [2001, "more than 2000 headers"],
  ])("may be %i: %s", (count, reason) => {
    const some = headers.slice(0, count);
    const withProofs = exos();
    withProofs.message("provhdr", proven(some));
    const without = exos({ lastCheckpoint: height(5) });
    without.message("headers", plain(some));
    for (const { end } of [withProofs, without]) {
      expect(end).toEqual(reason && expect.objectContaining({ kind: "ban", reason }));
    }
  });

  it("must follow one another", () => {
    const broken = headers.filter((_, index) => index !== 1).slice(0, 3);
    const withProofs = exos();
    withProofs.message("provhdr", proven(broken));
    const without = exos({ lastCheckpoint: height(5) });
    without.message("headers", plain(broken));
    for (const { end } of [withProofs, without]) {
      expect(end).toMatchObject({ kind: "ban", reason: "headers do not follow one another" });
    }
  });

  it("that cannot be read end the connection", () => {
    const withProofs = exos();
    withProofs.message("provhdr", proven(headers.slice(0, 2)).slice(0, -1));
    const without = exos({ lastCheckpoint: height(5) });
    without.message("headers", plain(headers.slice(0, 2)).slice(0, -1));
    for (const { end } of [withProofs, without]) {
      expect(end).toMatchObject({ kind: "disconnect", reason: "message unreadable" });
    }
  });

  it("unasked are looked at as often as blocks can come, then left aside without a ban", () => {
    const payload = proven(headers.slice(0, 2000));
    const peer = exos();
    for (let count = 0; count < 7; count++) peer.message("provhdr", payload);
    // The first of them answered the request of the handshake.
    expect(peer.actionsOf("headers")).toHaveLength(6);
    expect(peer.actionsOf("dropped")).toEqual([
      { kind: "dropped", command: "provhdr", reason: "too often" },
    ]);
    peer.pass(1000);
    peer.message("provhdr", proven(headers.slice(0, 100)));
    peer.message("provhdr", proven([]));
    expect(peer.actionsOf("headers")).toHaveLength(7);
    const other = exos({ lastCheckpoint: height(5) });
    for (let count = 0; count < 7; count++) other.message("headers", plain(headers.slice(0, 2000)));
    expect(other.actionsOf("headers")).toHaveLength(6);
    expect([peer.end, other.end]).toEqual([undefined, undefined]);
  });

  it("that answer are never left aside, but a peer that never answers gathers no more than ten", () => {
    const peer = exos();
    for (let count = 0; count < 50; count++) {
      const first = linkedHeaders(exosRegtest, 1, count)[0]?.hash ?? genesis;
      ask(peer, 0, first);
    }
    const payload = proven(headers.slice(0, 2000));
    for (let count = 0; count < 20; count++) peer.message("provhdr", payload);
    expect(peer.actionsOf("headers")).toHaveLength(15);
  });
});
