import { describe, expect, it } from "vitest";
import { decodeInventory, encodeInventory } from "#shared/codec/messages/inventory.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { PeerSetup } from "#shared/p2p/peer-setup.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { PeerDriver } from "../../support/peer-driver.ts";
import { ServedChain } from "../../support/served-chain.ts";

const chain = new ServedChain(exosRegtest, []);
const genesis = chain.block(0);
const [coinbase] = genesis.transactions;
if (coinbase === undefined) throw new RangeError("genesis is empty");
const { txid, raw: txBytes } = coinbase;

const exos = (changes: Partial<PeerSetup> = {}) =>
  new PeerDriver({ network: exosRegtest, chain, height: 0 }, changes).handshake();
const bitcoin = (services: bigint) =>
  new PeerDriver({
    network: bitcoinRegtest,
    chain: new ServedChain(bitcoinRegtest, []),
    height: 0,
  }).handshake({ services });

const hashOf = (index: number) => {
  const hash = new Uint8Array(32);
  new DataView(hash.buffer).setUint32(0, index, true);
  // The hash of a test is any 32 bytes.
  return hash as Hash256;
};
const hashes = (count: number) => Array.from({ length: count }, (_, index) => hashOf(index));

function asked(peer: PeerDriver) {
  return peer.sent.map(({ payload }) => {
    const decoded = decodeInventory(payload);
    return decoded.ok ? decoded.value : [];
  });
}

describe("a wish for blocks", () => {
  it("names them in order, a thousand a message", () => {
    const peer = exos();
    peer.give({ kind: "requestBlocks", hashes: hashes(1001) });
    const [first, second] = asked(peer);
    expect(first).toHaveLength(1000);
    expect(second).toEqual([{ type: 2, hash: hashOf(1000) }]);
    expect(peer.peer.status().blocksInFlight).toBe(1001);
  });

  it.each([
    [9n, 0x4000_0002],
    [1n, 2],
  ])("wants witnesses of Bitcoin peers with services %i: type %i", (services, type) => {
    const peer = bitcoin(services);
    peer.give({ kind: "requestBlocks", hashes: hashes(1) });
    expect(asked(peer)).toEqual([[{ type, hash: hashOf(0) }]]);
  });
});

describe("a block", () => {
  it("that was asked for is given on once, as the very bytes", () => {
    const peer = exos();
    const bytes = exosRegtest.consensus.genesis.raw;
    peer.give({ kind: "requestBlocks", hashes: [genesis.hash] });
    peer.give({ kind: "message", command: "block", payload: bytes });
    const [given] = peer.actionsOf("block");
    expect(given?.hash).toEqual(genesis.hash);
    expect(given?.bytes).toBe(bytes);
    expect(peer.peer.status().blocksInFlight).toBe(0);
    peer.give({ kind: "message", command: "block", payload: bytes });
    expect(peer.actionsOf("block")).toHaveLength(1);
    expect(peer.actionsOf("dropped")).toMatchObject([{ reason: "not asked for" }]);
    expect(peer.end).toBeUndefined();
  });

  it("shorter than a header cannot be read", () => {
    const peer = exos();
    peer.message("block", new Uint8Array(79));
    expect(peer.end).toMatchObject({ kind: "disconnect", reason: "message unreadable" });
  });
});

describe("a wish for transactions", () => {
  it("is told once while it stands", () => {
    const peer = exos();
    peer.give({ kind: "requestTransactions", txids: [txid] });
    peer.give({ kind: "requestTransactions", txids: [txid] });
    expect(asked(peer)).toEqual([[{ type: 1, hash: txid }]]);
    peer.message("tx", txBytes);
    peer.give({ kind: "requestTransactions", txids: [txid] });
    expect(peer.commands).toEqual(["getdata", "getdata"]);
  });

  it("is cut to what is remembered, the oldest forgotten", () => {
    const peer = exos();
    peer.give({ kind: "requestTransactions", txids: hashes(4001) });
    expect(asked(peer).map(({ length }) => length)).toEqual([1000, 1000, 1000, 1000]);
    peer.give({ kind: "requestTransactions", txids: [hashOf(6000)] });
    expect(peer.peer.status().transactionsInFlight).toBe(4000);
  });
});

describe("a transaction", () => {
  it("is given on, asked for or not", () => {
    const peer = exos();
    peer.message("tx", txBytes);
    expect(peer.actionsOf("transaction").map(({ transaction }) => transaction.txid)).toEqual([
      txid,
    ]);
  });

  it("unasked is left aside in a flood, in an initial download, and where none is wanted", () => {
    const flood = exos();
    for (let count = 0; count < 1001; count++) flood.message("tx", txBytes);
    expect(flood.actionsOf("transaction")).toHaveLength(1000);
    expect(flood.actionsOf("dropped")).toMatchObject([{ reason: "too often" }]);

    const node = { network: exosRegtest, chain, height: 0 };
    const loading = new PeerDriver({ ...node, initialDownload: true }).handshake();
    loading.message("tx", txBytes);
    expect(loading.actions).toMatchObject([{ kind: "dropped", reason: "initial download" }]);

    const blocksOnly = exos({ relay: false });
    blocksOnly.message("tx", txBytes);
    expect(blocksOnly.actions).toMatchObject([{ kind: "dropped", reason: "not wanted" }]);
    blocksOnly.give({ kind: "requestTransactions", txids: [txid] });
    blocksOnly.message("tx", txBytes);
    expect(blocksOnly.actionsOf("transaction")).toHaveLength(1);
  });

  it("that cannot be read ends the connection", () => {
    const peer = exos();
    peer.message("tx", txBytes.slice(0, -1));
    expect(peer.end).toMatchObject({ kind: "disconnect", reason: "message unreadable" });
  });
});

describe("a notfound in Bitcoin's dialect", () => {
  it("tells what is given up, of what was asked for", () => {
    const peer = bitcoin(9n);
    peer.give({ kind: "requestBlocks", hashes: hashes(2) });
    peer.give({ kind: "requestTransactions", txids: [hashOf(7)] });
    const items = [
      { type: 0x4000_0002, hash: hashOf(1) },
      { type: 0x4000_0001, hash: hashOf(7) },
      { type: 2, hash: hashOf(9) },
    ];
    peer.message("notfound", encodeInventory(items));
    expect(peer.actionsOf("notFound").flatMap((action) => action.items)).toMatchObject([
      { type: "block", hash: hashOf(1) },
      { type: "transaction", hash: hashOf(7) },
    ]);
    expect(peer.peer.status()).toMatchObject({ blocksInFlight: 1, transactionsInFlight: 0 });
    peer.forget().message("notfound", encodeInventory(items));
    expect(peer.actions).toEqual([]);
  });

  it("that cannot be read ends the connection", () => {
    const peer = bitcoin(9n);
    peer.message("notfound", Uint8Array.of(3));
    expect(peer.end).toMatchObject({ reason: "message unreadable" });
  });
});
