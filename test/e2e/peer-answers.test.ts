import { describe, expect, it } from "vitest";
import { encodeInventory } from "#shared/codec/messages/inventory.ts";
import { encodeLocator, encodeVersionedLocator } from "#shared/codec/messages/locator.ts";
import { encodePing } from "#shared/codec/messages/ping.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import { openPeerNode } from "../support/peer-node.ts";
import { temporaryFolder } from "../support/test-node.ts";
import { WirePeer } from "../support/wire-peer.ts";

const { genesis } = exosRegtest.consensus;

describe("the answers of a node", () => {
  it("come in the order of asking, the pong of a later ping last", async () => {
    using folder = temporaryFolder();
    await using node = await openPeerNode(exosRegtest, folder.path);
    using client = await WirePeer.dial(exosRegtest, node.endpoint);
    await client.next("getprovhdr");
    client.received.length = 0;

    const wish = { hashes: [genesis.hash], stop: zeroHash() };
    client.send("getheaders", encodeVersionedLocator({ version: 70_012, ...wish }));
    client.send("getprovhdr", encodeLocator(wish));
    client.send("getdata", encodeInventory([{ type: 2, hash: genesis.hash }]));
    client.send("ping", encodePing(1n));
    client.send("mempool");
    client.send("ping", encodePing(2n));
    const second = encodePing(2n);
    await client.next("pong", (payload) => payload[0] === second[0]);
    expect(client.received.map(({ command }) => command)).toEqual([
      "headers",
      "provhdr",
      "block",
      "pong",
    ]);
  });
});
