import { describe, expect, it } from "vitest";
import { type RelayPeer, TransactionRelay } from "#services/ingest/transaction-relay.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { fromHashHex, parseHashHex, toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

const txidOf = (number: number) => {
  const hash = parseHashHex(number.toString(16).padStart(64, "0"));
  if (hash === undefined) throw new RangeError("no hash");
  return fromHashHex(hash);
};

/** A relay over a pool that has nothing, and peers that write down what they are asked for. */
function createRig(offer: () => Promise<void> = async () => undefined) {
  const clock = createManualClock(unixSeconds(1_700_000_000));
  const peers = new Set<RelayPeer>();
  const asked: string[] = [];
  const pool = {
    wants: async () => true,
    offer,
    get: async () => undefined,
    ids: async () => [],
  };
  const relay = new TransactionRelay({ pool, clock }, peers, (cause) => {
    throw cause;
  });
  const connect = (id: string) => {
    const peer: RelayPeer = {
      id,
      handle(input) {
        if (input.kind !== "requestTransactions") return;
        for (const txid of input.txids) asked.push(`${id} ${Number(`0x${toHashHex(txid)}`)}`);
      },
    };
    peers.add(peer);
    return peer;
  };
  return { clock, relay, asked, peers, connect };
}

it("a peer that announces a transaction and keeps it back delays it by a minute", async () => {
  const { clock, relay, asked, connect } = createRig();
  const [liar, honest, third] = ["liar", "honest", "third"].map(connect);
  if (!liar || !honest || !third) throw new RangeError("no peers");
  for (const peer of [liar, honest, third, honest]) relay.announced(peer, [txidOf(1)]);
  await turn();
  expect(asked).toEqual(["liar 1"]);
  clock.advance(59_999);
  relay.tick();
  await turn();
  expect(asked).toEqual(["liar 1"]);
  clock.advance(1);
  relay.tick();
  await turn();
  expect(asked).toEqual(["liar 1", "honest 1"]);
  clock.advance(60_000);
  relay.tick();
  await turn();
  expect(asked).toEqual(["liar 1", "honest 1", "third 1"]);
  clock.advance(60_000);
  relay.tick();
  await turn();
  expect(asked).toHaveLength(3);
});

it("one that leaves, or has it no more, hands over at once to who is still there", async () => {
  const { relay, asked, peers, connect } = createRig();
  const [first, gone, second] = ["first", "gone", "second"].map(connect);
  if (!first || !gone || !second) throw new RangeError("no peers");
  for (const peer of [first, gone, second]) relay.announced(peer, [txidOf(1), txidOf(2)]);
  await turn();
  peers.delete(gone);
  relay.leave(gone);
  relay.absent(second, [txidOf(1)]);
  relay.absent(first, [txidOf(1)]);
  await turn();
  expect(asked).toEqual(["first 1", "first 2", "second 1"]);
  peers.delete(first);
  relay.leave(first);
  await turn();
  expect(asked).toEqual(["first 1", "first 2", "second 1", "second 2"]);
});

describe("what waits for the pool", () => {
  /** A transaction of so many bytes; nothing else of it is looked at. */
  const ofBytes = (bytes: number, id: number) =>
    ({ txid: txidOf(id), raw: new Uint8Array(bytes) }) as HashedTransaction;

  it.each([
    ["4 MiB where each is long", 1_048_576, 4],
    ["a thousand where each is short", 200, 1_000],
  ])("is %s, and there is room again for each that was taken", async (_, bytes, most) => {
    const waiting: (() => void)[] = [];
    const rig = createRig(() => new Promise((taken) => void waiting.push(taken)));
    const peer = rig.connect("peer");
    for (let id = 1; id <= 1_100; id++) rig.relay.delivered(peer, ofBytes(bytes, id));
    expect(waiting).toHaveLength(most);
    waiting[0]?.();
    await turn();
    for (let id = 1; id <= 2; id++) rig.relay.delivered(peer, ofBytes(bytes, id));
    expect(waiting).toHaveLength(most + 1);
  });
});
