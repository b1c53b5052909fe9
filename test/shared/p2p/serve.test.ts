import { describe, expect, it } from "vitest";
import { decodeProvenHeaders } from "#shared/codec/messages/headers.ts";
import { decodeInventory, encodeInventory } from "#shared/codec/messages/inventory.ts";
import { encodeLocator, encodeVersionedLocator } from "#shared/codec/messages/locator.ts";
import { decodeAddresses } from "#shared/codec/messages/network-address.ts";
import { encodeProvenHeader } from "#shared/codec/proven-header.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { PeerSetup } from "#shared/p2p/peer-setup.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import { linkedHeaders, provenOf } from "../../support/linked-headers.ts";
import { ipv4, PeerDriver, type SentMessage } from "../../support/peer-driver.ts";
import { ServedChain } from "../../support/served-chain.ts";

const chain = new ServedChain(exosRegtest, []);
const genesis = chain.hash(0);
const exos = (changes: Partial<PeerSetup> = {}) =>
  new PeerDriver({ network: exosRegtest, chain, height: 0 }, changes).handshake();
const bitcoinChain = new ServedChain(bitcoinRegtest, []);
const bitcoin = () =>
  new PeerDriver({ network: bitcoinRegtest, chain: bitcoinChain, height: 0 }).handshake();

const hashOf = (index: number) => {
  const hash = new Uint8Array(32);
  new DataView(hash.buffer).setUint32(0, index, true);
  // The hash of a test is any 32 bytes.
  return hash as Hash256;
};
const hashes = (count: number) => Array.from({ length: count }, (_, index) => hashOf(index));
const inventory = (type: number, items: readonly Hash256[]) =>
  encodeInventory(items.map((hash) => ({ type, hash })));

function itemsOf(message: SentMessage | undefined) {
  const decoded = decodeInventory(message?.payload ?? new Uint8Array(0));
  return decoded.ok ? decoded.value : [];
}

describe("a wish for headers of ours", () => {
  it.each(["getheaders", "getblocks", "getprovhdr"])(
    "by %s of 101 hashes, not of 102",
    (command) => {
      const payload = (count: number) =>
        command === "getprovhdr"
          ? encodeLocator({ hashes: hashes(count), stop: genesis })
          : encodeVersionedLocator({ version: 1, hashes: hashes(count), stop: genesis });
      const peer = exos();
      peer.message(command, payload(101));
      const wanted = peer.actions.find(
        ({ kind }) => kind === "headersWanted" || kind === "blocksWanted",
      );
      expect(wanted).toMatchObject({ locator: hashes(101), stop: genesis });
      peer.message(command, payload(0));
      expect(peer.actionsOf("dropped")).toEqual([
        { kind: "dropped", command, reason: "not wanted" },
      ]);
      peer.message(command, payload(102));
      expect(peer.end).toMatchObject({
        kind: "disconnect",
        reason: "locator of more than 101 hashes",
      });
    },
  );

  it.each(["getheaders", "getblocks", "getprovhdr"])("by %s that cannot be read", (command) => {
    const peer = exos();
    peer.message(command, Uint8Array.of(1, 0, 0, 0, 9));
    expect(peer.end).toMatchObject({ reason: "message unreadable" });
  });

  it.each([
    ["getheaders", 200],
    ["getblocks", 50],
  ])("by %s in a flood is left aside, and heard again later", (command, burst) => {
    const payload = encodeVersionedLocator({ version: 1, hashes: [genesis], stop: zeroHash() });
    const peer = exos();
    for (let count = 0; count <= burst; count++) peer.message(command, payload);
    expect(peer.actionsOf("dropped")).toEqual([{ kind: "dropped", command, reason: "too often" }]);
    peer.pass(1000);
    peer.message(command, payload);
    expect(peer.actionsOf("dropped")).toHaveLength(1);
    expect(peer.end).toBeUndefined();
  });
});

describe("headers that we give", () => {
  const linked = linkedHeaders(exosRegtest, 2001);

  it("are 82 bytes each, or 81 in Bitcoin's dialect", () => {
    const headers = linked.slice(0, 3).map(({ header }) => header.bytes);
    for (const [peer, size] of [[exos(), 82] as const, [bitcoin(), 81] as const]) {
      peer.give({ kind: "headersFound", proven: false, headers });
      expect(peer.sent).toMatchObject([{ command: "headers", payload: { length: 1 + 3 * size } }]);
    }
  });

  it("are at most 2,000", () => {
    const peer = exos();
    const headers = linked.map(({ header }) => header.bytes);
    peer.give({ kind: "headersFound", proven: false, headers });
    expect(peer.sent[0]?.payload.length).toBe(3 + 2000 * 82);
  });

  it("fit into one message with their proofs, the lowest first", () => {
    const peer = exos();
    const [proven] = provenOf(exosRegtest, linked.slice(0, 1));
    if (proven === undefined) throw new RangeError("no header");
    const big = encodeProvenHeader({ ...proven, signature: new Uint8Array(1_040_000) });
    peer.give({ kind: "headersFound", proven: true, headers: [big, big, big, big, big] });
    const payload = peer.sent[0]?.payload ?? new Uint8Array(0);
    expect(payload.length).toBeLessThanOrEqual(4 * 1024 * 1024);
    const decoded = decodeProvenHeaders(payload, exosRegtest.consensus.wire);
    expect(decoded.ok && decoded.value.length).toBe(4);
  });
});

describe("blocks and transactions that we give", () => {
  it("are asked for by type", () => {
    const peer = exos();
    const types = [1, 2, 3, 4, 6, 0x4000_0001, 0x4000_0002, 0];
    peer.message("getdata", encodeInventory(types.map((type) => ({ type, hash: hashOf(type) }))));
    const [wanted] = peer.actionsOf("dataWanted");
    expect(wanted?.items.map(({ type, witness }) => [type, witness])).toEqual([
      ["transaction", false],
      ["block", false],
      ["block", false],
      ["block", false],
      ["transaction", true],
      ["block", true],
    ]);
  });

  it("are sent as they are", () => {
    const peer = exos();
    peer.message("getdata", inventory(2, [genesis]));
    expect(peer.sent).toEqual([
      { kind: "send", command: "block", payload: exosRegtest.consensus.genesis.raw },
    ]);
    peer.give({ kind: "transaction", txid: hashOf(1), bytes: Uint8Array.of(1, 2) });
    expect(peer.sent.at(-1)).toMatchObject({ command: "tx", payload: Uint8Array.of(1, 2) });
  });

  it("are answered by silence where there is none, or by notfound in Bitcoin's dialect", () => {
    const silent = exos();
    silent.message("getdata", inventory(2, [hashOf(1)]));
    expect(silent.sent).toEqual([]);

    const spoken = bitcoin();
    spoken.message("getdata", inventory(0x4000_0001, [hashOf(1)]));
    spoken.message("getdata", inventory(2, [hashOf(2)]));
    expect(spoken.commands).toEqual(["notfound", "notfound"]);
    expect(spoken.sent.flatMap((one) => itemsOf(one))).toEqual([
      { type: 1, hash: hashOf(1) },
      { type: 2, hash: hashOf(2) },
    ]);
    spoken.forget().give({ kind: "missing", items: [] });
    expect(spoken.sent).toEqual([]);
  });

  it("wait in a list with an end", () => {
    const idle = new PeerDriver({ network: exosRegtest, chain, height: 0 }).handshake();
    const { peer, env } = idle;
    const payload = inventory(2, hashes(10_000));
    const first = peer.handle({ kind: "message", command: "getdata", payload }, env);
    expect(first).toMatchObject([{ kind: "dataWanted", items: { length: 10_000 } }]);
    expect(peer.handle({ kind: "message", command: "getdata", payload }, env)).toEqual([
      { kind: "dropped", command: "getdata", reason: "too often" },
    ]);
    peer.handle({ kind: "block", hash: hashOf(1), bytes: new Uint8Array(1) }, env);
    peer.handle({ kind: "transaction", txid: hashOf(2), bytes: new Uint8Array(1) }, env);
    expect(peer.handle({ kind: "message", command: "getdata", payload }, env)).toMatchObject([
      { kind: "dataWanted", items: { length: 2 } },
      { kind: "dropped" },
    ]);
  });

  it("that are asked for unreadably end the connection", () => {
    const peer = exos();
    peer.message("getdata", Uint8Array.of(1, 2));
    expect(peer.end).toMatchObject({ reason: "message unreadable" });
  });
});

describe("an answer to getblocks", () => {
  it("of 500 is followed by the tip once its last block is fetched, and only then", () => {
    const peer = exos();
    peer.give({ kind: "inventoryFound", hashes: hashes(501) });
    expect(itemsOf(peer.sent[0])).toHaveLength(500);
    peer.give({ kind: "block", hash: hashOf(498), bytes: new Uint8Array(1) });
    expect(peer.commands).toEqual(["inv", "block"]);
    peer.give({ kind: "block", hash: hashOf(499), bytes: new Uint8Array(1) });
    expect(peer.commands).toEqual(["inv", "block", "block", "inv"]);
    expect(itemsOf(peer.sent.at(-1))).toEqual([{ type: 2, hash: genesis }]);
    peer.give({ kind: "block", hash: hashOf(499), bytes: new Uint8Array(1) });
    expect(peer.commands.at(-1)).toBe("block");
  });

  it("of fewer has no continuation, and of none there is none", () => {
    const peer = exos();
    peer.give({ kind: "inventoryFound", hashes: [] });
    peer.give({ kind: "inventoryFound", hashes: hashes(499) });
    peer.give({ kind: "block", hash: hashOf(498), bytes: new Uint8Array(1) });
    expect(peer.commands).toEqual(["inv", "block"]);
  });
});

describe("a wish for our pool", () => {
  it("is answered in messages of 50,000, and twice at once", () => {
    const pool = hashes(50_001);
    const peer = new PeerDriver({ network: exosRegtest, chain, height: 0, pool }).handshake();
    for (let count = 0; count < 3; count++) peer.message("mempool");
    expect(peer.sent.map((one) => itemsOf(one).length)).toEqual([50_000, 1, 50_000, 1]);
    expect(peer.actionsOf("dropped")).toMatchObject([{ command: "mempool", reason: "too often" }]);
  });
});

describe("a wish for addresses", () => {
  const addresses = Array.from({ length: 1001 }, (_, index) =>
    ipv4(`10.0.${index >> 8}.${index & 255}`),
  );

  it("is answered once, with at most 1,000, none of which has a time", () => {
    const peer = new PeerDriver({ network: exosRegtest, chain, height: 0, addresses }).handshake();
    peer.message("getaddr");
    peer.message("getaddr");
    expect(peer.commands).toEqual(["addr"]);
    const decoded = decodeAddresses(peer.sent[0]?.payload ?? new Uint8Array(0));
    expect(decoded.ok && decoded.value.length).toBe(1000);
    expect(decoded.ok && decoded.value[0]).toEqual({ ...addresses[0], time: 0 });
    expect(peer.actionsOf("dropped")).toMatchObject([{ reason: "already answered" }]);
  });

  it("of a peer that we dialled is not answered", () => {
    const peer = exos({ inbound: false });
    peer.message("getaddr");
    expect(peer.actions).toEqual([{ kind: "dropped", command: "getaddr", reason: "not wanted" }]);
  });

  it("finds nothing where nothing is known", () => {
    const peer = exos();
    peer.message("getaddr");
    expect(peer.sent).toEqual([]);
  });
});
