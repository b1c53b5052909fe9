import { afterAll, describe, expect, it } from "vitest";
import { type LoadDeps, runLoad } from "#services/ingest/load/run-load.ts";
import { checkSegment } from "#services/ingest/segment-pieces.ts";
import { createValidator } from "#services/validate/core.ts";
import { genesisTip } from "#shared/coins/tip.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { withTip } from "#shared/ports/with-tip.ts";
import {
  cityOf,
  coinsOf,
  LOADED,
  mineOn,
  preparedFrom,
  SEGMENT,
  START,
  storesWith,
} from "../../support/load-rig.ts";

const genesis = genesisRecord(exosRegtest);
const ALIVE = new AbortController().signal;
const chain = await mineOn(undefined, LOADED);
const prepared = await preparedFrom(chain);
afterAll(() => prepared[Symbol.dispose]());
const above = [...chain, ...(await mineOn(chain.at(-1), 3, 0x52))];
/** Where a set at the seventh block is soon below the window. */
const HASTY = { ...exosRegtest, consensus: { ...exosRegtest.consensus, reorgBlocksMax: 2 } };
const other = await mineOn(undefined, 4, 0x53);

/** How a city may stand when it is loaded, and where it stands afterwards. */
const CASES = [
  ["is empty", undefined, chain],
  ["stands at genesis", [], chain],
  ["is far behind on the same chain", chain.slice(0, 3), chain],
  ["stands at the loaded block", chain, chain],
  ["went on above it", above, above],
] as const;

describe.each(CASES)("a city that %s", (_, has, ends) => {
  it("has the coins of the chain in a new generation, and goes on from there", async () => {
    const { city, ports, depsOf, sent } = await cityOf({ has, prepared });
    const outcome = await runLoad(depsOf(ports), ALIVE);
    const last = ends.at(-1)?.record;
    expect(outcome).toMatchObject({
      state: "loaded",
      tip: { hash: last?.hash, floor: LOADED, final: LOADED, gen: 1 },
    });
    expect(await coinsOf(city)).toEqual(await coinsOf(await storesWith(ends)));
    expect(sent).toEqual([ends.length]);
    expect((await ports.notice.read())?.hash).toBe(last?.hash);
    expect(await ports.leases.holder("load", START)).toBeUndefined();
    const name = `${LOADED}-${chain.at(-1)?.record.hash.slice(-8)}`;
    expect(await ports.snapshots.names()).toEqual([name]);
    // Every block below is in a segment or an item, and the next one connects.
    const blocks = [genesis, ...chain.map(({ record }) => record)];
    const whole = Math.floor(blocks.length / SEGMENT) * SEGMENT;
    for (const { hash, height } of blocks) {
      const isThere =
        ports.segments.listed.has(hash) || (await city.blocks.get(hash)) !== undefined;
      expect([isThere, ports.segments.listed.has(hash)], `${height}`).toEqual([
        true,
        height < whole,
      ]);
    }
    const [next] = await mineOn(ends.at(-1), 1, 0x54);
    const validator = createValidator(city);
    await validator.accept(next?.bytes ?? new Uint8Array());
    expect((await validator.connect()).tip.hash).toBe(next?.record.hash);
  });
});

describe("a load that begins", () => {
  it("removes what imports that died have left, before it downloads, and under its lease alone", async () => {
    const { ports, depsOf } = await cityOf({ has: [], prepared });
    const done: string[] = [];
    const deps: LoadDeps = {
      ...depsOf(ports),
      async clearImports() {
        const { owner = "nobody" } = (await ports.leases.holder("load", START)) ?? {};
        done.push(`cleared by ${owner}`);
      },
      async prepare() {
        done.push("prepared");
        throw new StoreFault("enough", { retryable: false });
      },
    };
    await expect(runLoad(deps, ALIVE)).rejects.toThrow("enough");
    expect(done).toEqual([`cleared by ${deps.owner}`, "prepared"]);
    const ask = { owner: "another", now: START, seconds: 60 };
    await ports.leases.take("load", ask);
    expect(await runLoad(deps, ALIVE)).toEqual({ state: "held" });
    expect(done).toHaveLength(2);
  });
});

describe("a city that went on until the loaded block is below its window", () => {
  it("has every block above it applied to the new generation, and switches", async () => {
    const far = [...chain, ...(await mineOn(chain.at(-1), 105, 0x52))];
    const { city, ports, depsOf } = await cityOf({ has: far, prepared, network: HASTY });
    expect((await city.coins.tip())?.base).toBeGreaterThan(LOADED);
    const { state } = await runLoad(depsOf(ports), ALIVE);
    expect([state, await city.coins.tip()]).toMatchObject(["loaded", { gen: 1, floor: LOADED }]);
    expect(await coinsOf(city)).toEqual(await coinsOf(await storesWith(far)));
  });
});

describe("a city on another chain", () => {
  it("is left as it is, with a sentence", async () => {
    const { city, ports, depsOf } = await cityOf({ has: other, prepared });
    await expect(runLoad(depsOf(ports), ALIVE)).rejects.toMatchObject({ code: "EXOS-E8131" });
    expect((await city.coins.tip())?.hash).toBe(other.at(-1)?.record.hash);
    // Nor is anything of the other chain where its own will be.
    expect(await ports.segments.info(0)).toBeUndefined();
    expect(ports.segments.listed.size).toBe(0);
    expect(await ports.leases.holder("load", START)).toBeUndefined();
  });
});

describe("a city that is to forget", () => {
  /** What was done, in order. */
  async function loadWith(has: Parameters<typeof cityOf>[0]["has"], refill: boolean) {
    const { city, ports, depsOf } = await cityOf({ has, prepared });
    // Of a chain before, whose object nobody deletes.
    const before = await cityOf({ has: undefined, prepared: await preparedFrom(other) });
    await runLoad(before.depsOf(before.ports), ALIVE);
    const left = await before.ports.segments.read(0);
    if (left !== undefined) await ports.segments.write(0, left);
    const done: string[] = [];
    const segments = { ...ports.segments };
    segments.write = async (index, pieces) => {
      done.push(`write ${index}`);
      await ports.segments.write(index, pieces);
    };
    const forget = async () => done.push("forget") > 0;
    const outcome = await runLoad({ ...depsOf(ports), segments, forget, refill }, ALIVE).catch(
      ({ code }: { readonly code: string }) => code,
    );
    return { city, ports, done, outcome };
  }

  it("does so before a segment of the new chain is copied, over whatever object is there", async () => {
    const { city, ports, done, outcome } = await loadWith(undefined, false);
    expect(outcome).toMatchObject({ state: "loaded" });
    // Without a tip, since a refill may have been killed.
    expect(done).toEqual(["forget", "write 0", "write 1"]);
    expect(await coinsOf(city)).toEqual(await coinsOf(await storesWith(chain)));
    const hashes = [genesis, ...chain.slice(0, 2).map(({ record }) => record)];
    const pieces = await ports.segments.read(0);
    if (pieces === undefined) throw new RangeError("no segment");
    await checkSegment(
      pieces,
      hashes.map(({ hash }) => hash),
    );
  });

  it("does so on another chain where its operator said so, and never on its own", async () => {
    expect((await loadWith(other, true)).done[0]).toBe("forget");
    expect(await loadWith(other, false)).toMatchObject({ outcome: "EXOS-E8131" });
    expect((await loadWith(above, true)).done).not.toContain("forget");
  });
});

describe("a city that forgets while others load it", () => {
  it("looks at its tip again where that is another by then", async () => {
    const { ports, depsOf } = await cityOf({ has: other, prepared });
    const tip = await ports.coins.tip();
    const told: (number | undefined)[] = [];
    const isOver = new RangeError("over");
    let now = tip;
    const coins = withTip(ports.coins, async () => now);
    const forget: LoadDeps["forget"] = async ({ rev, segmentsFrom }) => {
      expect(segmentsFrom).toBe(2);
      told.push(rev);
      if (now === undefined) throw isOver;
      now = told.length === 1 ? { ...now, rev: now.rev + 1 } : undefined;
      return false;
    };
    const deps = { ...depsOf(ports), coins, forget, refill: true };
    await expect(runLoad(deps, ALIVE)).rejects.toBe(isOver);
    expect(told).toEqual([tip?.rev, (tip?.rev ?? 0) + 1, undefined]);
  });

  it("forgets no more once another one has its lease", async () => {
    const { ports, depsOf, clock } = await cityOf({ has: undefined, prepared });
    const forget: LoadDeps["forget"] = async ({ expectOurs }) => {
      await expectOurs();
      clock.advance(61_000);
      await expect(expectOurs()).rejects.toMatchObject({ code: "EXOS-E8138" });
      await ports.leases.take("load", { owner: "other", now: clock.now(), seconds: 60 });
      await expectOurs();
      return true;
    };
    const renew = () => Promise.reject(new StoreFault("not now", { retryable: true }));
    const leases = { ...ports.leases, renew };
    await expect(runLoad({ ...depsOf(ports), leases, forget }, ALIVE)).rejects.toMatchObject({
      retryable: true,
      code: "EXOS-E8138",
    });
    expect(await ports.segments.info(0)).toBeUndefined();
  });
});

describe("a segment that a city without a tip has declared", () => {
  const objects = [
    "of the forgotten chain",
    "of the new one, as a load that died left it",
  ] as const;
  it.each(objects)("with an object %s becomes the new chain's", async (which) => {
    using preparedOld = await preparedFrom(other);
    const old = await cityOf({ has: undefined, prepared: preparedOld });
    await runLoad(old.depsOf(old.ports), ALIVE);
    const own = await cityOf({ has: undefined, prepared });
    await runLoad(own.depsOf(own.ports), ALIVE);
    const { ports, depsOf } = await cityOf({ has: undefined, prepared });
    const from = which === objects[0] ? old : own;
    const [left, known] = [await from.ports.segments.read(0), await old.ports.segments.info(0)];
    if (left === undefined || known === undefined) throw new RangeError("no segment");
    await ports.segments.write(0, left);
    await ports.segments.declare(0, known);
    expect(await runLoad(depsOf(ports), ALIVE)).toMatchObject({ state: "loaded" });
    expect(await ports.segments.info(0)).toEqual(await own.ports.segments.info(0));
    const pieces = await ports.segments.read(0);
    if (pieces === undefined) throw new RangeError("no segment");
    const hashes = [genesis, ...chain.slice(0, 2).map(({ record }) => record)];
    await checkSegment(
      pieces,
      hashes.map(({ hash }) => hash),
    );
  });
});

describe("the first tip after a refill", () => {
  it("is newer than the one that whoever read it holds", async () => {
    const { city, ports, depsOf } = await cityOf({ has: undefined, prepared });
    await ports.notice.put({ ...genesisTip(genesis).tip, rev: 41 });
    await runLoad(depsOf(ports), ALIVE);
    expect((await city.coins.tip())?.rev).toBe(42);
  });
});

describe("the generation that was replaced", () => {
  it("is noted when the new one is in use, and deleted by the first load a day later", async () => {
    const { city, ports, depsOf, clock } = await cityOf({ has: chain, prepared });
    await runLoad(depsOf(ports), ALIVE);
    const { notes } = ports.generations;
    expect(notes.get(0)).toMatchObject({ state: "old", at: START, assumed: false });
    expect(notes.get(1)).toMatchObject({ state: "loaded", at: START, assumed: false });
    await runLoad(depsOf(ports), ALIVE);
    clock.advance(86_399_000);
    await runLoad(depsOf(ports), ALIVE);
    expect(await city.coins.read(1, [])).toEqual([]);
    clock.advance(1_000);
    await runLoad(depsOf(ports), ALIVE);
    await expect(async () => city.coins.read(1, [])).rejects.toThrow("generation 1");
    // The next one is a second old.
    expect(await city.coins.read(2, [])).toEqual([]);
    // The first one is its stack's.
    expect(await city.coins.read(0, [])).toEqual([]);
    expect(await coinsOf(city)).toEqual(await coinsOf(await storesWith(chain)));
  });

  it("is never turned back to by a load that woke up late", async () => {
    const { city, ports, depsOf } = await cityOf({ has: chain, prepared });
    const late = depsOf(ports);
    let newer = false;
    const prepare: LoadDeps["prepare"] = async (signal) => {
      const from = await late.prepare(signal);
      return {
        ...from,
        async fill() {
          const set = await from.fill();
          await ports.coins.createGeneration();
          const tip = await city.coins.tip();
          if (tip === undefined) throw new RangeError("no tip");
          const next = { ...tip, rev: tip.rev + 1, gen: set.generation + 1 };
          newer = await city.coins.commit(tip.rev, { tip: next, frozen: [] });
          return set;
        },
      };
    };
    const failed = runLoad({ ...late, prepare }, ALIVE);
    await expect(failed).rejects.toMatchObject({ code: "EXOS-E8130" });
    expect([newer, (await city.coins.tip())?.gen]).toEqual([true, 2]);
  });
});

describe("the lease", () => {
  it("lets one task load a city at a time", async () => {
    const { ports, depsOf, clock } = await cityOf({ has: undefined, prepared });
    await ports.leases.take("load", { owner: "other", now: clock.now(), seconds: 60 });
    expect(await runLoad(depsOf(ports), ALIVE)).toEqual({ state: "held" });
    expect(await ports.coins.tip()).toBeUndefined();
  });
});
