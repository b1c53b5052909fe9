import { describe, expect, it } from "vitest";
import { createSystemClock, type SystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { encodeProvenHeaders } from "#shared/codec/messages/headers.ts";
import { decodeInventory } from "#shared/codec/messages/inventory.ts";
import { type ProvenHeader, provenHeaderOf } from "#shared/codec/proven-header.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { type MinedBlock, mineChain } from "../support/mine.ts";
import { openPeerNode, type PeerNode } from "../support/peer-node.ts";
import { temporaryFolder } from "../support/test-node.ts";
import { WirePeer } from "../support/wire-peer.ts";

/** How much faster than the world time goes for timeouts. */
const HASTE = 40;

const genesis = genesisRecord(exosRegtest);
const { wire } = exosRegtest.consensus;
const mine = (count: number, to: number, on = genesis) =>
  mineChain(on, count, { script: Uint8Array.of(to), network: exosRegtest });

function hastyClock(): SystemClock {
  const clock = createSystemClock();
  return { ...clock, elapsedMs: () => HASTE * clock.elapsedMs() };
}

function provenOf({ bytes }: Pick<MinedBlock, "bytes">): ProvenHeader {
  const decoded = decodeBlock(bytes, wire);
  const proven = decoded.ok ? provenHeaderOf(decoded.value) : undefined;
  if (proven === undefined) throw new RangeError("no block");
  return proven;
}

/** A peer that answers for a chain from genesis on; `give` says what it sends of each block. */
async function dialAs(
  node: PeerNode,
  chain: readonly MinedBlock[],
  give: (block: MinedBlock) => Uint8Array | undefined,
): Promise<WirePeer> {
  const peer = await WirePeer.dial(exosRegtest, node.endpoint, { height: chain.length });
  const headers = encodeProvenHeaders(chain.map(provenOf));
  const byHash = new Map(chain.map((block) => [block.record.hash, block]));
  const tell = () => peer.send("provhdr", headers);
  peer.onMessage = ({ command, payload }) => {
    if (command === "getprovhdr") tell();
    if (command !== "getdata") return;
    const items = decodeInventory(payload);
    for (const { hash } of items.ok ? items.value : []) {
      const block = byHash.get(toHashHex(hash));
      const bytes = block === undefined ? undefined : give(block);
      if (bytes !== undefined) peer.send("block", bytes);
    }
  };
  tell();
  return peer;
}

const tipOf = async ({ node }: PeerNode) => (await node.tip()).hash;

describe("a node whose peers lie", () => {
  it("follows the chain that is served, not the heavier one that is only announced", async () => {
    using folder = temporaryFolder();
    await using node = await openPeerNode(exosRegtest, folder.path, { clock: hastyClock() });
    const [claimed, served] = [await mine(30, 0x51), await mine(20, 0x52)];
    using liar = await dialAs(node, claimed, () => undefined);
    await node.until(() => node.ingest.progress().phase === "blocks");
    using honest = await dialAs(node, served, ({ bytes }) => bytes);
    await node.until(async () => (await tipOf(node)) === served.at(-1)?.record.hash);
    await node.until(() => node.ingest.progress().phase === "tip");
    expect(node.ingest.initialDownload()).toBe(false);
    expect([liar.isClosed, honest.isClosed, node.ends]).toEqual([false, false, []]);
  });

  it("asks another peer for what one keeps back", async () => {
    using folder = temporaryFolder();
    await using node = await openPeerNode(exosRegtest, folder.path, { clock: hastyClock() });
    const chain = await mine(60, 0x51);
    using _half = await dialAs(node, chain, ({ bytes, record }) =>
      record.height <= 10 ? bytes : undefined,
    );
    await node.until(async () => (await node.node.tip()).height >= 8);
    using _whole = await dialAs(node, chain, ({ bytes }) => bytes);
    await node.until(async () => (await node.node.tip()).height === 60);
    expect(node.ends).toEqual([]);
  });

  it("bans who spoils a block, and fetches it from somebody else", async () => {
    using folder = temporaryFolder();
    await using node = await openPeerNode(exosRegtest, folder.path);
    const chain = await mine(12, 0x51);
    const spoil = ({ bytes, record }: MinedBlock) => {
      const copy = bytes.slice();
      if (record.height === 7) copy[copy.length - 8] = Number(copy.at(-8)) ^ 1;
      return copy;
    };
    using spoiler = await dialAs(node, chain, spoil);
    await node.until(() => node.ends.length > 0);
    expect(node.ends).toMatchObject([
      { kind: "ban", detail: "bad-txnmrklroot at the integrity stage" },
    ]);
    await node.until(() => spoiler.isClosed);
    using _honest = await dialAs(node, chain, ({ bytes }) => bytes);
    await node.until(async () => (await node.node.tip()).height === 12);
    expect(node.ends).toHaveLength(1);
  });

  it("keeps no more headers of a peer than it has room for", async () => {
    using folder = temporaryFolder();
    await using node = await openPeerNode(exosRegtest, folder.path);
    const chain = await mine(4_100, 0x51);
    using peer = await WirePeer.dial(exosRegtest, node.endpoint);
    for (let from = 0; from < chain.length; from += 1_000) {
      const batch = chain.slice(from, from + 1_000);
      peer.send("provhdr", encodeProvenHeaders(batch.map(provenOf)));
    }
    await node.until(() => (node.sessions[0]?.status().headersHeight ?? 0) >= 4_000);
    peer.send("provhdr", encodeProvenHeaders(chain.slice(4_000).map(provenOf)));
    peer.send("ping", new Uint8Array(8));
    await peer.next("pong");
    expect(node.sessions[0]?.status().headersHeight).toBe(4_000);
    expect(node.ends).toEqual([]);
  });

  it("has room for an honest peer when others have filled it with what they do not serve", async () => {
    using folder = temporaryFolder();
    const options = { clock: hastyClock(), headersMax: 60 };
    await using node = await openPeerNode(exosRegtest, folder.path, options);
    const [first, second, served] = [
      await mine(40, 0x51),
      await mine(41, 0x52),
      await mine(30, 0x53),
    ];
    using _one = await dialAs(node, first, () => undefined);
    await node.until(() => node.sessions[0]?.status().headersHeight === 40);
    using _two = await dialAs(node, second, () => undefined);
    await node.until(() => node.sessions[1]?.status().headersHeight !== undefined);
    using _honest = await dialAs(node, served, ({ bytes }) => bytes);
    await node.until(async () => (await tipOf(node)) === served.at(-1)?.record.hash);
    expect(node.ends).toEqual([]);
  });

  it("does not ask without end for headers that hang in the air", async () => {
    using folder = temporaryFolder();
    await using node = await openPeerNode(exosRegtest, folder.path);
    const [, ...hanging] = await mine(5, 0x51);
    using peer = await dialAs(node, hanging, () => undefined);
    for (let count = 0; count < 20; count++) {
      peer.send("provhdr", encodeProvenHeaders(hanging.map(provenOf)));
    }
    peer.send("ping", new Uint8Array(8));
    await peer.next("pong");
    const asked = peer.received.filter(({ command }) => command === "getprovhdr");
    expect(asked.length).toBeLessThanOrEqual(3);
    expect(node.ends).toEqual([]);
  });

  it("fetches what a kill has left without its body", async () => {
    using folder = temporaryFolder();
    await using node = await openPeerNode(exosRegtest, folder.path);
    const chain = await mine(9, 0x51);
    for (const { bytes, record } of chain.slice(0, 6)) {
      await node.node.headers.put(record);
      await node.node.headers.setBodySize(record.hash, bytes.length);
    }
    using _peer = await dialAs(node, chain, ({ bytes }) => bytes);
    await node.until(async () => (await node.node.tip()).height === 9);
    expect(node.ends).toEqual([]);
  });

  it("bans for a header from the future, but not who lives there itself", async () => {
    using folder = temporaryFolder();
    const clock = createSystemClock();
    await using node = await openPeerNode(exosRegtest, folder.path, { clock });
    const [block] = await mine(1, 0x51);
    const time = block?.record.header.time ?? 0;
    const announcement = encodeProvenHeaders(block === undefined ? [] : [provenOf(block)]);
    // Ours went back by hours.
    clock.mock(unixSeconds(time - 10_000));
    using honest = await WirePeer.dial(exosRegtest, node.endpoint, { time });
    honest.send("provhdr", announcement);
    honest.send("ping", new Uint8Array(8));
    await honest.next("pong");
    using early = await WirePeer.dial(exosRegtest, node.endpoint, { time: time - 10_000 });
    early.send("provhdr", announcement);
    await node.until(() => node.ends.length > 0);
    expect(node.ends).toMatchObject([{ kind: "ban", detail: "time-too-new at the header stage" }]);
    expect([honest.isClosed, (await node.node.tip()).height]).toEqual([false, 0]);
  });
});
