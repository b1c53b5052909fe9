import { expect } from "vitest";
import { DEVELOPMENT_SCRIPT } from "#services/cli/dev/development-address.ts";
import { hashHeader } from "#shared/codec/header.ts";
import { decodeHeaders } from "#shared/codec/messages/headers.ts";
import { encodeInventory } from "#shared/codec/messages/inventory.ts";
import { encodeVersionedLocator } from "#shared/codec/messages/locator.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Hash256, HashHex } from "#shared/primitives/brand.ts";
import { toHashHex, zeroHash } from "#shared/primitives/hash.ts";
import { loadChain } from "../support/chain-file.ts";
import { openPeerNode, type PeerNode } from "../support/peer-node.ts";
import { importFile, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";
import { WirePeer } from "../support/wire-peer.ts";

const FILE = "exos-regtest/chain.dat";
const { wire, genesis } = exosRegtest.consensus;

/** A node with blocks of the recorded chain, up to a height. */
async function openServer(root: string, stopHeight: number): Promise<PeerNode> {
  const server = await openPeerNode(exosRegtest, root);
  await importFile(server.node, vectorsPath(FILE) ?? "", { stopHeight });
  await server.ingest.tipMoved();
  return server;
}

/** Every header of a node, as a client without proofs asks for them. */
async function askHeaders(client: WirePeer): Promise<Hash256[]> {
  const hashes: Hash256[] = [];
  for (;;) {
    const locator = [hashes.at(-1) ?? genesis.hash];
    const wish = { version: 70_000, hashes: locator, stop: zeroHash() };
    client.send("getheaders", encodeVersionedLocator(wish));
    const answer = decodeHeaders((await client.next("headers")) ?? new Uint8Array(), wire);
    if (!answer.ok || answer.value.length === 0) return hashes;
    hashes.push(...answer.value.map((header) => hashHeader(header, wire)));
  }
}

/** These blocks, in the order asked for. */
async function askBlocks(client: WirePeer, hashes: readonly Hash256[]): Promise<Uint8Array[]> {
  client.send("getdata", encodeInventory(hashes.map((hash) => ({ type: 2, hash }))));
  const found: Uint8Array[] = [];
  while (found.length < hashes.length) {
    const block = await client.next("block");
    if (block === undefined) break;
    found.push(block.slice());
  }
  return found;
}

/**
 * One node serves the recorded chain up to a height, another downloads it, and then both go on
 * together; a client that asks for all of it is given the recorded bytes.
 *
 * @returns the tip that was downloaded
 */
export async function downloadAndGoOn(height: number): Promise<HashHex> {
  using folderA = temporaryFolder();
  using folderB = temporaryFolder();
  await using a = await openServer(folderA.path, height);
  await using b = await openPeerNode(exosRegtest, folderB.path);
  const { hash: tip } = await a.node.tip();
  await b.connect(a.endpoint);
  await b.until(async () => (await b.node.tip()).hash === tip);

  const mined = await b.node.staker.generate(2, DEVELOPMENT_SCRIPT);
  const hash = mined.ok ? mined.value.at(-1) : undefined;
  await a.until(async () => (await a.node.tip()).hash === hash);
  expect(b.ingest.progress()).toMatchObject({ phase: "tip", height: height + 2, peers: 1 });
  expect([...a.ends, ...b.ends]).toEqual([]);

  using client = await WirePeer.dial(exosRegtest, a.endpoint, {
    version: 70_000,
    height: 9_999,
  });
  const hashes = await askHeaders(client);
  expect(hashes.map(toHashHex).slice(height - 1)).toEqual([tip, ...(mined.ok ? mined.value : [])]);
  const served = await askBlocks(client, hashes.slice(0, height));
  expect(served).toEqual(loadChain(FILE, 4)?.slice(0, height));
  const asked = client.received.map(({ command }) => command);
  expect(asked.filter((command) => /^get(headers|provhdr|data)$/.test(command))).toEqual([]);
  return tip;
}
