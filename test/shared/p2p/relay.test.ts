import { describe, expect, it } from "vitest";
import {
  decodeHeaders,
  decodeProvenHeaders,
  encodeProvenHeaders,
} from "#shared/codec/messages/headers.ts";
import { decodeInventory, encodeInventory } from "#shared/codec/messages/inventory.ts";
import { encodeAddresses } from "#shared/codec/messages/network-address.ts";
import { encodeProvenHeader } from "#shared/codec/proven-header.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { AnnouncedBlock } from "#shared/p2p/peer-input.ts";
import type { PeerSetup } from "#shared/p2p/peer-setup.ts";
import { type Hash256, unixSeconds } from "#shared/primitives/brand.ts";
import { linkedHeaders, provenOf } from "../../support/linked-headers.ts";
import { ipv4, PeerDriver } from "../../support/peer-driver.ts";
import { ServedChain } from "../../support/served-chain.ts";

const chain = new ServedChain(exosRegtest, []);
const node = { network: exosRegtest, chain, height: 0 };
const exos = (changes: Partial<PeerSetup> = {}) => new PeerDriver(node, changes).handshake();
const loading = () => new PeerDriver({ ...node, initialDownload: true }).handshake();
const bitcoin = () =>
  new PeerDriver({
    network: bitcoinRegtest,
    chain: new ServedChain(bitcoinRegtest, []),
    height: 0,
  }).handshake();

const hashOf = (index: number) => {
  const hash = new Uint8Array(32);
  new DataView(hash.buffer).setUint32(0, index, true);
  // The hash of a test is any 32 bytes.
  return hash as Hash256;
};
const hashes = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => hashOf(from + index));
const inventory = (type: number, items: readonly Hash256[]) =>
  encodeInventory(items.map((hash) => ({ type, hash })));

const linked = linkedHeaders(exosRegtest, 10);
const proofs = provenOf(exosRegtest, linked);
const blocks: AnnouncedBlock[] = proofs.map((proven) => ({
  hash: proven.hash,
  header: proven.header.bytes,
  proven: encodeProvenHeader(proven),
}));

function announced(peer: PeerDriver): Hash256[] {
  return peer.sent.flatMap(({ command, payload }) => {
    const decoded = decodeInventory(payload);
    return command === "inv" && decoded.ok ? decoded.value.map(({ hash }) => hash) : [];
  });
}

/** Hashes of the headers that were sent, by either command. */
function presented(peer: PeerDriver): (readonly [string, Uint8Array[]])[] {
  return peer.sent.map(({ command, payload }) => {
    const decoded =
      command === "provhdr"
        ? decodeProvenHeaders(payload, exosRegtest.consensus.wire)
        : decodeHeaders(payload, bitcoinRegtest.consensus.wire);
    if (!decoded.ok) throw decoded.error;
    return [command, decoded.value.map((one) => ("header" in one ? one.header.bytes : one.bytes))];
  });
}

describe("an inventory", () => {
  it("is told by kind", () => {
    const peer = exos();
    peer.message("inv", inventory(2, [hashOf(1)]));
    peer.message("inv", inventory(1, [hashOf(2), hashOf(3)]));
    expect(peer.actionsOf("blocksAnnounced")).toEqual([
      { kind: "blocksAnnounced", hashes: [hashOf(1)] },
    ]);
    expect(peer.actionsOf("transactionsAnnounced")).toEqual([
      { kind: "transactionsAnnounced", txids: [hashOf(2), hashOf(3)] },
    ]);
  });

  it("is not looked at in an initial download", () => {
    const peer = loading();
    peer.message("inv", inventory(2, [hashOf(1)]));
    expect(peer.actions).toEqual([{ kind: "dropped", command: "inv", reason: "initial download" }]);
  });

  it("of transactions is left aside where none are wanted", () => {
    const peer = exos({ relay: false });
    peer.message("inv", inventory(1, [hashOf(1)]));
    expect(peer.actions).toEqual([{ kind: "dropped", command: "inv", reason: "not wanted" }]);
  });

  it.each([
    [50_000, undefined],
    [50_001, "message unreadable"],
  ])("of %i items: %s", (count, reason) => {
    const peer = exos({ relay: false });
    peer.message("inv", inventory(1, hashes(count)));
    expect(peer.end).toEqual(reason && expect.objectContaining({ kind: "disconnect", reason }));
  });

  it("beyond its rate is cut, without a ban", () => {
    const peer = exos({ relay: false });
    for (let count = 0; count < 2; count++) peer.message("inv", inventory(1, hashes(50_000)));
    peer.forget().message("inv", inventory(2, hashes(10)));
    expect(peer.actions).toEqual([{ kind: "dropped", command: "inv", reason: "too often" }]);
    peer.pass(1000);
    peer.forget().message("inv", inventory(2, hashes(600)));
    expect(peer.actionsOf("blocksAnnounced").map((one) => one.hashes.length)).toEqual([500]);
    expect(peer.end).toBeUndefined();
  });
});

describe("addresses", () => {
  const entries = (count: number) =>
    encodeAddresses(
      Array.from({ length: count }, (_, index) => ({
        ...ipv4(`10.1.${index >> 8}.${index & 255}`),
        time: unixSeconds(5),
      })),
    );

  it.each([
    [1000, undefined],
    [1001, "addr of more than 1000 entries"],
  ])("of %i entries: %s", (count, reason) => {
    const peer = exos();
    peer.message("addr", entries(count));
    expect(peer.end).toEqual(reason && expect.objectContaining({ kind: "ban", reason }));
    expect(peer.actionsOf("addresses")).toHaveLength(reason === undefined ? 1 : 0);
  });

  it("is forgiven a peer that the operator vouches for, as long as it can be read", () => {
    const peer = exos({ forgiven: true });
    peer.message("addr", entries(1001));
    expect(peer.end).toBeUndefined();
    expect(peer.actionsOf("addresses")).toEqual([]);
    expect(peer.actionsOf("dropped")).toMatchObject([
      { reason: "rule broken by a peer that is vouched for" },
    ]);
    peer.message("addr", entries(3));
    expect(peer.actionsOf("addresses")).toHaveLength(1);
    peer.message("addr", entries(3).slice(0, -1));
    expect(peer.end).toMatchObject({ kind: "disconnect", reason: "message unreadable" });
  });

  it("come a thousand at once, then one in ten seconds", () => {
    const peer = exos();
    peer.message("addr", entries(1000));
    peer.message("addr", entries(5));
    expect(peer.actionsOf("addresses").map((one) => one.addresses.length)).toEqual([1000]);
    expect(peer.actionsOf("dropped")).toMatchObject([{ command: "addr", reason: "too often" }]);
    peer.pass(20_000);
    peer.forget().message("addr", entries(5));
    expect(peer.actionsOf("addresses").map((one) => one.addresses.length)).toEqual([2]);
  });

  it("come a thousand more from whom we asked", () => {
    const peer = exos({ inbound: false });
    for (let count = 0; count < 3; count++) peer.message("addr", entries(1000));
    expect(peer.actionsOf("addresses")).toHaveLength(2);
  });

  it("that cannot be read end the connection", () => {
    const peer = exos();
    peer.message("addr", entries(3).slice(0, -1));
    expect(peer.end).toMatchObject({ reason: "message unreadable" });
  });
});

describe("a block of ours", () => {
  it("is told by its hash, or by its proven header to who asked for headers", () => {
    const plain = exos();
    plain.give({ kind: "announceBlocks", headers: blocks.slice(0, 2) });
    expect(announced(plain)).toEqual([blocks[1]?.hash]);

    const eager = exos();
    eager.message("sendheaders");
    eager.give({ kind: "announceBlocks", headers: blocks.slice(0, 2) });
    expect(presented(eager)).toEqual([["provhdr", blocks.slice(0, 2).map((one) => one.header)]]);
  });

  it("is told by its header in Bitcoin's dialect", () => {
    const peer = bitcoin();
    peer.message("sendheaders");
    const own = linkedHeaders(bitcoinRegtest, 1).map(({ header, hash }) => ({
      hash,
      header: header.bytes,
      proven: undefined,
    }));
    peer.give({ kind: "announceBlocks", headers: own });
    expect(presented(peer)).toEqual([["headers", own.map((one) => one.header)]]);
  });

  it("is told by its hash where its proof is not at hand", () => {
    const peer = exos();
    peer.message("sendheaders");
    peer.give({
      kind: "announceBlocks",
      headers: blocks.slice(0, 2).map((one) => ({ ...one, proven: undefined })),
    });
    expect(announced(peer)).toEqual([blocks[1]?.hash]);
  });

  it("is told once, and not to who has it", () => {
    const peer = exos();
    peer.message("sendheaders");
    peer.message("provhdr", encodeProvenHeaders(proofs.slice(0, 2)));
    peer.forget().give({ kind: "announceBlocks", headers: blocks.slice(0, 3) });
    expect(presented(peer)).toEqual([["provhdr", [blocks[2]?.header]]]);
    peer.forget().give({ kind: "announceBlocks", headers: blocks.slice(0, 3) });
    peer.give({ kind: "announceBlocks", headers: [] });
    expect(peer.sent).toEqual([]);
  });

  it("is not told to who sent it, or had it from us", () => {
    const hash = chain.hash(0);
    const told = { hash, header: chain.block(0).header.bytes, proven: undefined };
    const sender = exos();
    sender.give({ kind: "requestBlocks", hashes: [hash] });
    sender.message("block", exosRegtest.consensus.genesis.raw);
    const receiver = exos();
    receiver.message("getdata", inventory(2, [hash]));
    for (const peer of [sender, receiver]) {
      peer.forget().give({ kind: "announceBlocks", headers: [told] });
      expect(peer.sent).toEqual([]);
    }
  });

  it("alone is told of more than eight", () => {
    const eight = exos();
    eight.message("sendheaders");
    eight.give({ kind: "announceBlocks", headers: blocks.slice(0, 8) });
    expect(presented(eight)).toMatchObject([["provhdr", { length: 8 }]]);
    const nine = exos();
    nine.message("sendheaders");
    nine.give({ kind: "announceBlocks", headers: blocks.slice(0, 9) });
    expect(presented(nine)).toEqual([["provhdr", [blocks[8]?.header]]]);
  });

  it("is not told in an initial download", () => {
    const peer = loading();
    peer.give({ kind: "announceBlocks", headers: blocks });
    expect(peer.sent).toEqual([]);
  });
});

describe("transactions of ours", () => {
  it("are told 35 at a time, every five seconds", () => {
    const peer = exos();
    peer.give({ kind: "announceTransactions", txids: hashes(36) });
    peer.pass(4000);
    expect(announced(peer)).toEqual([]);
    peer.pass(1000);
    expect(announced(peer)).toEqual(hashes(35));
    peer.pass(5000);
    expect(announced(peer)).toEqual(hashes(36));
    peer.pass(10_000);
    expect(peer.commands).toEqual(["inv", "inv"]);
  });

  it("are not told to who has them, or heard of them since", () => {
    const peer = exos();
    peer.message("inv", inventory(1, [hashOf(1)]));
    peer.forget().give({ kind: "announceTransactions", txids: hashes(3) });
    peer.give({ kind: "transaction", txid: hashOf(2), bytes: new Uint8Array(1) });
    peer.forget().pass(5000);
    expect(announced(peer)).toEqual([hashOf(0)]);
  });

  it("are not told to who sent them, or had them by its wish for the pool", () => {
    const [transaction] = chain.block(0).transactions;
    if (transaction === undefined) throw new RangeError("genesis is empty");
    const pool = [transaction.txid];
    const sender = exos();
    sender.message("tx", transaction.raw);
    const reader = new PeerDriver({ ...node, pool }).handshake();
    reader.message("mempool");
    for (const peer of [sender, reader]) {
      peer.forget().give({ kind: "announceTransactions", txids: pool });
      peer.pass(5000);
      expect(peer.sent).toEqual([]);
    }
  });

  it("are not told to who does not want any", () => {
    const peer = new PeerDriver(node).handshake({ relay: false });
    peer.give({ kind: "announceTransactions", txids: hashes(3) });
    peer.pass(5000);
    expect(peer.sent).toEqual([]);
  });

  it("wait in a list with an end, the oldest giving way", () => {
    const peer = exos();
    peer.give({ kind: "announceTransactions", txids: hashes(4001) });
    peer.pass(5000);
    expect(announced(peer)).toEqual(hashes(35, 1));
  });
});
