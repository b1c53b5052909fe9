import { expect, it } from "vitest";
import { BlockSync, type Source } from "#services/ingest/block-sync.ts";
import { type Ahead, ClaimedChain, HeaderPool } from "#services/ingest/claimed-chain.ts";
import type { Delivery, IngestDeps } from "#services/ingest/deps.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { type HashHex, height, unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { memoryValidator } from "../../support/memory-validator.ts";

const BLOCKS = 400;
const MEGABYTE = 1_000_000;
/** How many of a megabyte have room. */
const ROOM = Math.floor((48 * 1024 * 1024) / MEGABYTE);

const turns = async () => {
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A download of a claimed chain from one peer, and a judge who takes what he gets. */
function createRig() {
  const now = unixSeconds(1_700_000_000);
  const clock = createManualClock(now);
  const memory = { ...memoryValidator(exosRegtest, now), clock };
  const genesis = genesisRecord(exosRegtest);
  let [taken, atWork, crowd] = [0, 0, 0];
  let judge: Promise<void> = Promise.resolve();
  const work = async () => {
    atWork++;
    crowd = Math.max(crowd, atWork);
    await judge;
    atWork--;
  };
  let settled = 0;
  const delivery: Delivery = { state: "accepted", record: genesis, heavier: true };
  const chain: IngestDeps["chain"] = {
    tip: async () => genesis,
    attach: async () => ({ state: "unknown" }),
    judgeAnnounced: () => Promise.reject(new RangeError("no header comes")),
    receive: () => ({
      async take() {
        await work();
        taken++;
        return delivery;
      },
      async settle() {
        await work();
        settled++;
      },
    }),
  };
  const claimed = new ClaimedChain(new HeaderPool());
  const hashOf = (at: number) => at.toString(16).padStart(64, "0") as HashHex;
  for (let at = 1; at <= BLOCKS; at++) {
    const ends = { hash: hashOf(at), height: height(at), work: genesis.work + BigInt(at) };
    const ahead: Ahead = {
      ...ends,
      prev: hashOf(at - 1),
      record: genesis,
      stored: false,
      holders: 0,
    };
    claimed.grow(ahead);
  }
  const asked: number[] = [];
  const source: Source = {
    id: "1",
    chain: claimed,
    distrustedUntilMs: 0,
    requestBlocks: (hashes) => asked.push(...hashes.map((hash) => Number(`0x${toHashHex(hash)}`))),
  };
  const ignore = () => undefined;
  const sync = new BlockSync(
    { ...memory, chain, checkpoints: "assert" },
    new Map([[source.id, source]]),
    {
      bad: ignore,
      unreadable: ignore,
      stored: ignore,
      failed: (cause) => {
        throw cause;
      },
    },
  );
  sync.retarget(genesis.work);
  return {
    asked,
    taken: () => taken,
    settled: () => settled,
    /** How many calls of the judge there were at once. */
    crowd: () => crowd,
    /** One look at the clock, so many milliseconds later. */
    tick: (laterMs: number) => {
      clock.advance(laterMs);
      return sync.tick(genesis.work);
    },
    holdUp: (until: Promise<void>) => {
      judge = until;
    },
    deliver: (at: number, bytes: number) => sync.arrived("1", hashOf(at), new Uint8Array(bytes)),
  };
}

it("blocks that grow all at once while the lowest is kept back take no more room than there is", async () => {
  const { asked, deliver, taken } = createRig();
  // Small ones first, so that many are asked for at a time.
  let from = 0;
  for (; from < 200; from++) {
    const next = asked[from];
    if (next === undefined) throw new RangeError("nothing is asked for");
    deliver(next, 300);
  }
  await turns();
  expect(taken()).toBe(200);
  const [lowest, ...others] = asked.splice(0).slice(200);
  if (lowest === undefined) throw new RangeError("nothing is asked for");
  expect(others.length).toBeGreaterThan(ROOM + 30);
  for (const at of others) deliver(at, MEGABYTE);
  await turns();
  expect(asked).toEqual([]);
  deliver(lowest, MEGABYTE);
  await turns();
  expect(taken()).toBe(200 + 1 + ROOM);
  expect(asked).toContain(others[ROOM]);
});

it("a judge who is slow is not given more than there is room for", async () => {
  const { asked, deliver, holdUp, taken } = createRig();
  const judge = Promise.withResolvers<void>();
  holdUp(judge.promise);
  for (let next = asked.shift(); next !== undefined; next = asked.shift()) deliver(next, MEGABYTE);
  await turns();
  judge.resolve();
  await turns();
  expect(taken()).toBeLessThanOrEqual(ROOM + 1);
  expect(taken()).toBeGreaterThan(ROOM / 2);
  expect(asked.length).toBeGreaterThan(0);
});

it("what was taken is settled once nothing comes, and never beside a block that is being taken", async () => {
  const { asked, crowd, deliver, holdUp, settled, taken, tick } = createRig();
  const [first = 0, second = 0, third = 0] = asked;
  deliver(first, 300);
  await turns();
  const slow = Promise.withResolvers<void>();
  holdUp(slow.promise);
  deliver(second, 300);
  const looked = tick(300);
  await turns();
  expect([taken(), settled()]).toEqual([1, 0]);
  slow.resolve();
  await looked;
  await turns();
  // Nor is one taken beside what is being settled.
  const settling = Promise.withResolvers<void>();
  holdUp(settling.promise);
  const ticked = tick(300);
  await turns();
  deliver(third, 300);
  await turns();
  expect([taken(), settled()]).toEqual([2, 0]);
  settling.resolve();
  await ticked;
  expect([taken(), settled(), crowd()]).toEqual([3, 1, 1]);
});
