import { describe, expect, it } from "vitest";
import { createHeldTip } from "#services/ingest/city/held-tip.ts";
import { networkHeight } from "#services/ingest/city/network-height.ts";
import { createCityPoolDoor } from "#services/ingest/city/pool-door.ts";
import { createRecentHeaders } from "#services/ingest/city/recent-headers.ts";
import { tellLoadDue } from "#services/ingest/city/tell-load-due.ts";
import { createValidator } from "#services/validate/core.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryHeaderStore } from "#shared/adapters/embedded/memory-header-store.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createMemoryPool } from "#shared/adapters/embedded/memory-pool.ts";
import { createMemoryRawTransactions } from "#shared/adapters/embedded/memory-raw-transactions.ts";
import { genesisTip } from "#shared/coins/tip.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { heightPossible } from "#shared/fleet/load-gap.ts";
import type { PeerView } from "#shared/ports/peers.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { memoryValidator } from "../../support/memory-validator.ts";
import { mineChain } from "../../support/mine.ts";

const genesis = genesisRecord(exosRegtest);
const START = unixSeconds(1_700_000_000);
const mine = (count: number) =>
  mineChain(genesis, count, { script: Uint8Array.of(0x51), network: exosRegtest });

function poolRig() {
  const clock = createManualClock(START);
  const done: string[] = [];
  const kept = createMemoryRawTransactions(clock);
  const faults = { queue: false, pool: false };
  const pool = createMemoryPool();
  const door = createCityPoolDoor({
    pool: {
      ...pool,
      async all() {
        done.push("read");
        if (faults.pool) throw new StoreFault("throttled", { retryable: true });
        return pool.all();
      },
    },
    raw: {
      get: (txid) => kept.get(txid),
      async put(txid, raw) {
        await kept.put(txid, raw);
        done.push("stored");
      },
    },
    transactions: {
      async send(hint, group) {
        if (faults.queue) throw new StoreFault("throttled", { retryable: true });
        done.push(`hinted ${hint.txid === genesis.hash} ${group}`);
      },
    },
    clock,
    groupOf: (peer) => (peer === "7" ? "20.1" : undefined),
  });
  const raw = Uint8Array.of(1, 2, 3);
  // Only its id and its bytes are looked at.
  const transaction = { txid: fromHashHex(genesis.hash), raw } as HashedTransaction;
  return { door, done, clock, faults, transaction };
}

it("stores a transaction before anybody is hinted at it, for the network of its sender", async () => {
  const { door, done, transaction } = poolRig();
  expect(await door.wants(genesis.hash)).toBe(true);
  await door.offer(transaction, "7");
  expect(done).toEqual(["stored", "hinted true 20.1"]);
});

it("asks nobody for what was offered or refused within ten minutes", async () => {
  const { door, clock, transaction } = poolRig();
  await door.offer(transaction, "7");
  expect(await door.wants(genesis.hash)).toBe(false);
  clock.advance(599_999);
  expect(await door.wants(genesis.hash)).toBe(false);
  clock.advance(1);
  expect(await door.wants(genesis.hash)).toBe(true);
  door.refused(genesis.hash);
  expect(await door.wants(genesis.hash)).toBe(false);
});

it("takes a transaction again that could not be handed on", async () => {
  const { door, faults, transaction } = poolRig();
  faults.queue = true;
  await expect(door.offer(transaction, "7")).rejects.toThrow("throttled");
  expect(await door.wants(genesis.hash)).toBe(true);
});

it("reads the pool once for all peers that come meanwhile, and again after a minute", async () => {
  const { door, done, clock, faults } = poolRig();
  const ask = () => Promise.allSettled(Array.from({ length: 16 }, () => door.ids()));
  faults.pool = true;
  expect((await ask()).map(({ status }) => status)).toEqual(Array(16).fill("rejected"));
  faults.pool = false;
  const listed = { status: "fulfilled", value: [] };
  expect(await ask()).toEqual(Array(16).fill(listed));
  clock.advance(59_999);
  expect(await ask()).toEqual(Array(16).fill(listed));
  expect(done).toEqual(["read", "read"]);
  clock.advance(1);
  await ask();
  expect(done).toEqual(["read", "read", "read"]);
});

it("reads the tip once, and again only when it is told to", async () => {
  const deps = memoryValidator(exosRegtest, START);
  const validator = createValidator(deps);
  await validator.tip();
  let reads = 0;
  const countedTip = () => {
    reads++;
    return deps.coins.tip();
  };
  const tip = createHeldTip({ ...deps.coins, tip: countedTip });
  expect([(await tip.coins.tip())?.height, (await tip.coins.tip())?.height, reads]).toEqual([
    0, 0, 1,
  ]);
  for (const { bytes } of await mine(2)) await validator.accept(bytes);
  await validator.connect();
  expect((await tip.coins.tip())?.height).toBe(0);
  expect(await tip.refresh()).toBe(true);
  expect((await tip.coins.tip())?.height).toBe(2);
  expect(await tip.refresh()).toBe(false);
});

it("keeps headers of stored blocks at hand, until something is found out about one", async () => {
  const store = createMemoryHeaderStore();
  const [block] = await mine(1);
  const record = block?.record ?? genesis;
  let reads = 0;
  const { headers, forget } = createRecentHeaders({
    ...store,
    get(hash) {
      reads++;
      return store.get(hash);
    },
    getMany(hashes) {
      reads += hashes.length;
      return store.getMany(hashes);
    },
    put: (one) => store.put(one),
    setBodySize: (hash, bytes) => store.setBodySize(hash, bytes),
    setRejected: (hash, error) => store.setRejected(hash, error),
  });
  expect(await headers.get(record.hash)).toBeUndefined();
  await headers.put(record);
  await headers.get(record.hash);
  await headers.setBodySize(record.hash, 10);
  reads = 0;
  expect((await headers.get(record.hash))?.bodySize).toBe(10);
  expect((await headers.getMany([record.hash, genesis.hash]))[0]?.bodySize).toBe(10);
  expect(reads).toBe(2);
  const error = { code: "bad-cs-amount", stage: "full", effect: "invalid", detail: {} } as const;
  await store.setRejected(record.hash, error);
  expect((await headers.get(record.hash))?.rejected).toBeUndefined();
  forget(record.hash);
  expect((await headers.get(record.hash))?.rejected).toEqual(error);
  expect((await headers.getMany([record.hash]))[0]?.rejected).toEqual(error);
});

it("says what to run where a city is farther behind than it had better catch up by itself", () => {
  const log = createMemoryLog();
  const tell = (height: number) =>
    tellLoadDue(height, { tip: { held: () => genesisTip(genesis).tip }, log });
  tell(0);
  tell(4_096);
  expect(log.records).toEqual([]);
  tell(4_097);
  const fields = { behind: 4_097, run: "exos fleet load <city>" };
  expect(log.records).toMatchObject([{ level: "warn", code: "EXOS-E8135", fields }]);
});

describe("the height of the network", () => {
  const peer = (startHeight: number, change: Partial<PeerView> = {}) => ({
    kind: "outbound" as const,
    stage: "ready" as const,
    headersHeight: undefined,
    greeting: {
      ...{ version: 70_012, services: 1n, userAgent: "/x/", relay: true, timeOffsetSeconds: 0 },
      startHeight,
    },
    ...change,
  });
  const said = (...peers: readonly ReturnType<typeof peer>[]) => networkHeight(peers, 2_000_000);

  it("is the lower median of what outbound peers say", () => {
    expect(said(peer(7))).toBe(7);
    expect(said(peer(9), peer(7))).toBe(7);
    expect(said(peer(9), peer(7), peer(1_900_000))).toBe(9);
    expect(said(peer(7, { kind: "manual" }))).toBe(7);
    expect(said(peer(-1))).toBe(0);
    // Connected for days, a peer has shown more than it greeted with.
    expect(said(peer(7, { headersHeight: 90 }))).toBe(90);
  });

  it("is nobody's to say who was not chosen, or has not greeted", () => {
    expect(said()).toBeUndefined();
    for (const kind of ["inbound", "feeler"] as const) {
      expect(said(peer(7, { kind })), kind).toBeUndefined();
    }
    expect(said(peer(7, { stage: "connecting" }))).toBeUndefined();
    expect(said(peer(7, { greeting: undefined }))).toBeUndefined();
  });

  it("is never higher than time allows", () => {
    expect(said(peer(2_000_001))).toBe(2_000_000);
    const block = { height: 1_000, header: { time: START } };
    const possible = (seconds: number) =>
      heightPossible(block, START + seconds, { spacingSeconds: 64 });
    expect([-1, 0, 1, 64, 3_600].map(possible)).toEqual([1_000, 1_000, 1_001, 1_004, 1_225]);
  });
});
