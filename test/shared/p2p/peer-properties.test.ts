import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PAYLOAD_BYTES_MAX } from "#shared/codec/messages/frame.ts";
import { encodeHeaders, encodeProvenHeaders } from "#shared/codec/messages/headers.ts";
import { encodeInventory } from "#shared/codec/messages/inventory.ts";
import { encodeLocator, encodeVersionedLocator } from "#shared/codec/messages/locator.ts";
import { encodeAddresses } from "#shared/codec/messages/network-address.ts";
import { encodePing } from "#shared/codec/messages/ping.ts";
import { encodeReject } from "#shared/codec/messages/reject-message.ts";
import { encodeVersion } from "#shared/codec/messages/version-message.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { KEPT } from "#shared/p2p/message-limits.ts";
import type { PeerInput } from "#shared/p2p/peer-input.ts";
import { type Hash256, height, unixSeconds } from "#shared/primitives/brand.ts";
import { linkedHeaders, provenOf } from "../../support/linked-headers.ts";
import { ipv4, PeerDriver, THEIRS } from "../../support/peer-driver.ts";
import { ServedChain } from "../../support/served-chain.ts";

const networks = [exosRegtest, bitcoinRegtest].map((network) => ({
  network,
  chain: new ServedChain(network, []),
  linked: linkedHeaders(network, 3),
}));

/** A payload of each command that an honest node could send. */
function honest({ network, chain, linked }: (typeof networks)[number]): [string, Uint8Array][] {
  const { wire } = network.consensus;
  const [coinbase] = chain.block(0).transactions;
  const items = [1, 2, 0x4000_0002].map((type) => ({ type, hash: chain.hash(0) }));
  const locator = { hashes: [chain.hash(0)], stop: chain.hash(0) };
  const versioned = encodeVersionedLocator({ version: 70_012, ...locator });
  const empty = new Uint8Array(0);
  return [
    ["version", encodeVersion(THEIRS)],
    ["verack", empty],
    ["ping", encodePing(1n)],
    ["pong", encodePing(1n)],
    ["addr", encodeAddresses([{ ...ipv4("1.2.3.4"), time: unixSeconds(1) }])],
    ["getaddr", empty],
    ["sendheaders", empty],
    ["getheaders", versioned],
    ["getprovhdr", encodeLocator(locator)],
    ["getblocks", versioned],
    [
      "headers",
      encodeHeaders(
        linked.map(({ header }) => header),
        wire,
      ),
    ],
    ["provhdr", encodeProvenHeaders(provenOf(network, linked))],
    ["inv", encodeInventory(items)],
    ["getdata", encodeInventory(items)],
    ["notfound", encodeInventory(items)],
    ["block", network.consensus.genesis.raw],
    ["tx", coinbase?.raw ?? empty],
    ["mempool", empty],
    ["reject", encodeReject({ message: "tx", code: 1, reason: "no", hash: chain.hash(0) })],
    ["filterload", empty],
  ];
}

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes as Hash256);
const hashes = fc.array(hash, { maxLength: 5 });

/** What the node may want of a peer, or give it. */
const wish: fc.Arbitrary<PeerInput> = fc.oneof(
  hashes.map((list): PeerInput => ({ kind: "requestBlocks", hashes: list })),
  hashes.map((txids): PeerInput => ({ kind: "requestTransactions", txids })),
  hashes.map((txids): PeerInput => ({ kind: "announceTransactions", txids })),
  hashes.map((list): PeerInput => ({ kind: "inventoryFound", hashes: list })),
  fc.tuple(hashes, hash).map(
    ([locator, stop]): PeerInput => ({
      kind: "requestHeaders",
      locator,
      stop,
      height: height(3),
    }),
  ),
  fc.tuple(hash, fc.uint8Array({ maxLength: 90 })).map(
    ([one, bytes]): PeerInput => ({
      kind: "announceBlocks",
      headers: [{ hash: one, header: new Uint8Array(80), proven: bytes }],
    }),
  ),
  fc.constant<PeerInput>({ kind: "tick" }),
  fc.constant<PeerInput>({ kind: "ping" }),
);

/** An honest payload, cut, changed or continued. */
const change = fc.record({
  cut: fc.option(fc.nat(300), { freq: 3 }),
  at: fc.nat(400),
  byte: fc.option(fc.nat(255)),
  tail: fc.uint8Array({ maxLength: 10 }),
});

function changed(
  payload: Uint8Array,
  { cut, at, byte, tail }: typeof change extends fc.Arbitrary<infer T> ? T : never,
) {
  const bytes = Uint8Array.from([...payload.subarray(0, cut ?? payload.length), ...tail]);
  if (byte !== null && at < bytes.length) bytes[at] = byte;
  return bytes;
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.nat(19), change) },
  { weight: 2, arbitrary: wish },
  { weight: 1, arbitrary: fc.nat(200_000) },
);

describe("a peer that sends anything", () => {
  it.each(networks)("never makes ours throw or grow ($network.name)", (world) => {
    const payloads = honest(world);
    const runs = fc.tuple(fc.boolean(), fc.boolean(), fc.array(step, { maxLength: 60 }));
    fc.assert(
      fc.property(runs, ([inbound, isGreeted, steps]) => {
        const driver = new PeerDriver({ ...world, height: 0 }, { inbound });
        if (isGreeted) driver.handshake();
        for (const one of steps) {
          if (typeof one === "number") driver.pass(one);
          else if ("kind" in one) driver.give(one);
          else {
            const [command, payload] = payloads[one[0]] ?? ["verack", new Uint8Array(0)];
            const bytes = changed(payload, one[1]);
            driver.give({ kind: "message", command, payload: bytes });
          }
        }
        const ends = driver.actions.filter(({ kind }) => kind === "disconnect" || kind === "ban");
        expect(ends.length).toBeLessThanOrEqual(1);
        if (ends.length > 0) expect(driver.actions.at(-1)).toBe(ends[0]);
        for (const { payload } of driver.sent) {
          expect(payload.length).toBeLessThanOrEqual(PAYLOAD_BYTES_MAX);
        }
        const status = driver.peer.status();
        expect(status.blocksInFlight).toBeLessThanOrEqual(KEPT.blocksInFlight);
        expect(status.transactionsInFlight).toBeLessThanOrEqual(KEPT.transactionsInFlight);
        expect(status.stage === "ended").toBe(ends.length > 0);
      }),
      { numRuns: 300 },
    );
  });

  it.each(networks)("is not banned for any honest message ($network.name)", (world) => {
    for (const [command, payload] of honest(world)) {
      const driver = new PeerDriver({ ...world, height: 0 }).handshake();
      for (let count = 0; count < 1000; count++) driver.give({ kind: "message", command, payload });
      expect(driver.end, command).toBeUndefined();
    }
  });
});
