import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { CityToStake } from "#services/ingest/city/open-city-ingest.ts";
import { createValidator } from "#services/validate/core.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryBlockTries } from "#shared/adapters/embedded/memory-block-tries.ts";
import { createMemoryLeases } from "#shared/adapters/embedded/memory-leases.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { badHint } from "#shared/messages/bad-hint.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { type CityRigOptions, openCityRig } from "../../support/city-rig.ts";
import { mineChain } from "../../support/mine.ts";
import { openPeerNode } from "../../support/peer-node.ts";
import { temporaryFolder } from "../../support/test-node.ts";
import { WirePeer } from "../../support/wire-peer.ts";

const genesis = genesisRecord(exosRegtest);
const START = unixSeconds(1_700_000_000);
const mine = (count: number, to = 0x51) =>
  mineChain(genesis, count, { script: Uint8Array.of(to), network: exosRegtest });

/** A city that is connected to a node with a chain of so many blocks. */
async function besidePeer(count: number) {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(temporaryFolder());
  const peer = stack.use(await openPeerNode(exosRegtest, folder.path));
  const chain = await mine(count);
  for (const { bytes } of chain) await peer.node.validator.accept(bytes);
  await peer.until(async () => (await peer.node.tip()).height === count);
  const rig = await openCityRig(exosRegtest, {
    clock: createSystemClock(),
    connect: [peer.endpoint],
  });
  stack.use(rig.city);
  const stop = new AbortController();
  const running = rig.city.run(stop.signal);
  stack.defer(async () => {
    stop.abort();
    await running;
  });
  const held = stack.move();
  return { ...rig, peer, chain, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

describe("the peer process of a city", () => {
  it("stores the blocks of a peer, hints at each, and follows the tip that others commit", async () => {
    await using city = await besidePeer(6);
    const last = city.chain.at(-1)?.record;
    await city.peer.until(() => city.blocks.depth().then(({ waiting }) => waiting === 6));
    expect((await city.deps.coins.tip())?.height).toBe(0);
    await city.connectStored();
    await city.peer.until(() => city.city.ingest.progress().height === 6);
    expect((await city.deps.coins.tip())?.hash).toBe(last?.hash);
    expect(city.city.ingest.best()).toEqual({ height: 6, hash: last?.hash });
  });

  it("tells its peers of a block that came from elsewhere", async () => {
    await using city = await besidePeer(3);
    await city.peer.until(() => city.blocks.depth().then(({ waiting }) => waiting === 3));
    const [next] = await mineChain(city.chain.at(-1)?.record ?? genesis, 1, {
      script: Uint8Array.of(0x52),
      network: exosRegtest,
    });
    await city.connectStored();
    await city.validator.accept(next?.bytes ?? new Uint8Array());
    await city.connectStored();
    await city.peer.until(async () => (await city.peer.node.tip()).hash === next?.record.hash);
  });

  it("asks again for a block whose bytes proved broken after they were stored", async () => {
    await using city = await besidePeer(4);
    await city.peer.until(() => city.blocks.depth().then(({ waiting }) => waiting === 4));
    const third = city.chain[2];
    const hash = third?.record.hash ?? genesis.hash;
    await city.deps.blocks.drop(hash, third?.bytes ?? new Uint8Array());
    await city.announce.send(badHint({ hash, code: "bad-txnmrklroot" }));
    await city.peer.until(async () => (await city.deps.blocks.get(hash)) !== undefined);
    await city.connectStored();
    await city.peer.until(() => city.city.ingest.progress().height === 4);
  });

  it("bans who claims a chain through a block that others found bad", async () => {
    await using city = await besidePeer(4);
    await city.peer.until(() => city.blocks.depth().then(({ waiting }) => waiting === 4));
    const hash = city.chain[1]?.record.hash ?? genesis.hash;
    await city.deps.headers.setRejected(hash, {
      code: "bad-cs-amount",
      stage: "full",
      effect: "invalid",
      detail: {},
    });
    await city.announce.send(badHint({ hash, code: "bad-cs-amount" }));
    await city.peer.until(() => city.city.peers.bans().length === 1);
    await city.peer.until(() => city.city.peers.list().length === 0);
  });
});

describe("without peers, in virtual time", () => {
  /** What was started does all it can. */
  const settle = async () => {
    for (let turn = 0; turn < 200; turn++) await Promise.resolve();
  };

  async function alone(options: Omit<CityRigOptions, "clock"> = {}) {
    const clock = createManualClock(START);
    const rig = await openCityRig(exosRegtest, { clock, ...options });
    const stop = new AbortController();
    const running = rig.city.run(stop.signal);
    await settle();
    return {
      ...rig,
      clock,
      async pass(seconds: number): Promise<void> {
        for (let half = 0; half < 2 * seconds; half++) {
          clock.advance(500);
          await settle();
        }
      },
      async [Symbol.asyncDispose](): Promise<void> {
        stop.abort();
        await running;
        await rig.city[Symbol.asyncDispose]();
      },
    };
  }

  it("learns of a tip within five seconds where the hint was lost", async () => {
    await using city = await alone();
    for (const { bytes } of await mine(3)) await city.validator.accept(bytes);
    await city.connectStored(false);
    await city.pass(1);
    expect(city.city.ingest.progress().height).toBe(0);
    await city.pass(5);
    expect(city.city.ingest.progress().height).toBe(3);
  });

  it("has a staker beside it, whose blocks go the way of everybody's, until it ends", async () => {
    const clock = createManualClock(unixSeconds(1_700_000_000));
    const given = Promise.withResolvers<CityToStake>();
    const ended = Promise.withResolvers<void>();
    const rig = await openCityRig(exosRegtest, {
      clock,
      async stake(city, signal) {
        given.resolve(city);
        signal.addEventListener("abort", () => ended.resolve());
        await ended.promise;
      },
    });
    await using _ = rig.city;
    const stop = new AbortController();
    const running = rig.city.run(stop.signal);
    const toStake = await given.promise;
    const [block] = await mine(1);
    const delivered = await toStake.deliver(block?.bytes ?? new Uint8Array());
    expect(delivered).toMatchObject({ state: "accepted", heavier: true });
    expect((await rig.blocks.depth()).waiting).toBe(1);
    expect(await rig.deps.blocks.get(block?.record.hash ?? genesis.hash)).toEqual(block?.bytes);
    expect((await toStake.tip()).height).toBe(0);
    await rig.connectStored();
    await settle();
    expect(await toStake.tip()).toMatchObject({ height: 1, hash: block?.record.hash });
    expect(toStake.progress().peers).toBe(0);
    expect(toStake.clockSkewSeconds()).toBeUndefined();
    stop.abort();
    await ended.promise;
    await running;
  });

  it("gives a sign of life once a minute", async () => {
    await using city = await alone();
    const first = await city.heartbeats.all();
    expect(first).toEqual([
      {
        service: "ingest",
        at: 1_700_000_000,
        peersIn: 0,
        peersOut: 0,
        bestHeader: undefined,
        addresses: 0,
      },
    ]);
    await city.pass(59);
    expect(await city.heartbeats.all()).toEqual(first);
    await city.pass(2);
    expect(await city.heartbeats.all()).toMatchObject([{ at: 1_700_000_060 }]);
  });

  it("gives it by the machine's own time, whatever peers say of it", async () => {
    await using city = await alone({ wall: { now: () => unixSeconds(1_700_001_500) } });
    expect(await city.heartbeats.all()).toMatchObject([{ at: 1_700_001_500 }]);
  });

  it("tells how far it is behind by what its peer greets with, and leaves the gap to a load", async () => {
    const height = 5_000;
    const greeting = { height, time: START };
    await using far = await WirePeer.listen(exosRegtest, greeting);
    await using city = await alone({ connect: [far.local] });
    const beat = async () => (await city.heartbeats.all())[0];
    // The connection is a real one, and everything else waits for the clock.
    const until = async (holds: () => Promise<boolean>) => {
      while (!(await holds())) {
        await city.pass(1);
        await setImmediate();
      }
    };
    await until(async () => Object(await beat()).networkHeight !== undefined);
    expect(await beat()).toMatchObject({
      peersOut: 1,
      bestHeader: undefined,
      networkHeight: height,
    });
    await until(async () => city.log.records.some(({ code }) => code === "EXOS-E8135"));
    const due = city.log.records.find(({ code }) => code === "EXOS-E8135");
    expect(due?.fields).toMatchObject({ behind: height });

    // A few blocks lie there, as after a start: by them alone the gap were short.
    for (const { bytes } of await mine(3)) await city.validator.accept(bytes);
    const shared = {
      ...{ leases: createMemoryLeases(), tries: createMemoryBlockTries() },
      ...{ heartbeats: city.heartbeats, notice: city.notice, announce: city.announce },
      operators: { tell: async () => undefined },
    };
    const { connect } = createValidator({ ...city.deps, shared });
    const ask = { owner: "task", now: city.clock.now(), seconds: 60 };
    const lease = await shared.leases.take("load", ask);
    expect(await connect()).toMatchObject({ tip: { height: 0 }, more: false });
    if (lease !== undefined) await shared.leases.release(lease);
    expect(await connect()).toMatchObject({ tip: { height: 3 }, more: false });
  });

  it("asks for a lighter chain where the hint was lost that the heaviest one is bad", async () => {
    await using stack = new AsyncDisposableStack();
    const peerWith = async (chain: Awaited<ReturnType<typeof mine>>) => {
      const peer = stack.use(await openPeerNode(exosRegtest, stack.use(temporaryFolder()).path));
      for (const { bytes } of chain) await peer.node.validator.accept(bytes);
      await peer.until(async () => (await peer.node.tip()).height === chain.length);
      return peer.endpoint;
    };
    const [heavier, lighter] = [await mine(6), await mine(5, 0x52)];
    const connect = [await peerWith(heavier), await peerWith(lighter)];
    await using city = await alone({ connect });
    const until = async (holds: () => unknown) => {
      while (!(await holds())) {
        for (let turn = 0; turn < 100; turn++) await setImmediate();
        await city.pass(1);
      }
    };
    const isStored = (chain: typeof heavier) => () =>
      city.deps.headers.get(chain.at(-1)?.record.hash ?? genesis.hash);
    await until(isStored(heavier));
    const hash = heavier[1]?.record.hash ?? genesis.hash;
    await city.deps.headers.setRejected(hash, {
      ...{ code: "bad-cs-amount", stage: "full", effect: "invalid" },
      detail: {},
    });
    await until(isStored(lighter));
    await until(() => city.city.peers.bans().length === 1);
  });

  it("goes on where blocks cannot be packed, says why, and tries again ten minutes later", async () => {
    let tries = 0;
    await using city = await alone({
      async pack() {
        tries++;
        throw new StoreFault("another chain's", { retryable: false, code: "EXOS-E8107" });
      },
    });
    await city.pass(599);
    expect(tries).toBe(1);
    await city.pass(2);
    expect(tries).toBe(2);
    const fields = { err: "another chain's" };
    const told = { level: "error", code: "EXOS-E8107", fields };
    expect(city.log.records.filter(({ level }) => level === "error")).toMatchObject([told, told]);
    expect(await city.heartbeats.all()).toMatchObject([{ at: 1_700_000_600 }]);
  });

  it("remembers a transaction that was refused, and asks nobody for it", async () => {
    await using city = await alone();
    const txid = genesis.hash;
    await city.announce.send(badHint({ hash: txid, code: "bad-txns-inputs-missingorspent" }));
    await city.pass(1);
    expect(await city.announce.depth()).toEqual({ waiting: 0, inFlight: 0, dead: 0 });
    expect(city.city.peers.bans()).toEqual([]);
  });
});
