import { afterAll, describe, expect, it } from "vitest";
import { composeReplay } from "#services/ingest/compose-replay.ts";
import { type ResumeDeps, resumeReplay } from "#services/ingest/load/resume-replay.ts";
import { runLoad } from "#services/ingest/load/run-load.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { exosRegtest as network } from "#shared/consensus/networks/exos-regtest.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { CrashError, crashAt } from "../../support/crash-at.ts";
import {
  cityOf,
  LOADED,
  mineOn,
  preparedFrom,
  replayInMemory,
  SEGMENT,
  START,
  storesWith,
} from "../../support/load-rig.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const ALIVE = new AbortController().signal;
const chain = await mineOn(undefined, LOADED);
const prepared = await preparedFrom(chain);
/** Of a chain whose hashes are frozen in groups below the loaded block. */
const long = await mineOn(undefined, 140);
const longer = [...long, ...(await mineOn(long.at(-1), 2, 0x52))];
const preparedLong = await preparedFrom(long);
afterAll(() => {
  prepared[Symbol.dispose]();
  preparedLong[Symbol.dispose]();
});

type Rig = Awaited<ReturnType<typeof cityOf>>;

const depsOf = (
  { ports, clock, depsOf }: Pick<Rig, "ports" | "clock" | "depsOf">,
  over: Partial<ResumeDeps> = {},
): ResumeDeps => ({
  ...depsOf(ports, "second"),
  ...ports,
  clock,
  network,
  segmentBlocks: SEGMENT,
  replay: replayInMemory,
  ...over,
});

/** A city in use on a snapshot, whose task was killed while it replayed. */
async function assumedCity(of = prepared, has?: Parameters<typeof cityOf>[0]["has"]) {
  const rig = await cityOf({ has, prepared: of, assumed: true });
  const deps = rig.depsOf(rig.ports, "first");
  const prepare = async (signal: AbortSignal) => ({
    ...(await deps.prepare(signal)),
    replay: () => Promise.reject(new CrashError("killed")),
  });
  await expect(runLoad({ ...deps, prepare }, ALIVE)).rejects.toThrow("killed");
  const gen = (await rig.city.coins.tip())?.gen ?? 0;
  const note = () => rig.ports.generations.notes.get(gen);
  expect(note()).toMatchObject({ state: "loaded", assumed: true, refuted: false });
  return { ...rig, note };
}

/** What is unspent after these blocks, as its hash. */
async function digestAfter(blocks: number): Promise<string | undefined> {
  const { coins } = await storesWith(chain.slice(0, blocks));
  const tip = await coins.tip();
  return tip && toHashHex((await coins.totals(tip)).muhash);
}

describe("a replay whose task was killed", () => {
  it("is taken up again by another one, and makes the city a witness", async () => {
    const rig = await assumedCity();
    const end = SEGMENT - 1;
    expect((await rig.ports.segments.info(0))?.muhash).toBeUndefined();
    const folder = temporaryFolder();
    const options = { network, log: createMemoryLog(), segmentBlocks: SEGMENT };
    const replay: ResumeDeps["replay"] = (set, source, signal) =>
      composeReplay(set, source, { ...options, folder }, signal);
    expect(await resumeReplay(depsOf(rig, { replay }), ALIVE)).toEqual({ state: "confirmed" });
    expect(rig.note()).toMatchObject({ assumed: false, refuted: false });
    expect((await rig.ports.segments.info(0))?.muhash).toBe(await digestAfter(end));
    expect(await rig.ports.leases.holder("replay", START)).toBeUndefined();
    // Whoever is started once more finds nothing to do.
    expect(await resumeReplay(depsOf(rig), ALIVE)).toEqual({ state: "settled" });
  });

  it.each([
    ["frozen below the window", undefined],
    ["in the window of the tip", longer],
  ])("knows its chain, %s", async (_, has) => {
    const rig = await assumedCity(preparedLong, has);
    const tip = await rig.city.coins.tip();
    expect(tip).toMatchObject({ floor: 140, base: has === undefined ? 128 : 0 });
    const replay: ResumeDeps["replay"] = (set, ...rest) => {
      expect(set.frozen.flatMap(({ hashes }) => hashes)).toHaveLength(128);
      expect(set.win).toHaveLength(13);
      expect(set.at.hash).toBe(long.at(-1)?.record.hash);
      return replayInMemory(set, ...rest);
    };
    expect(await resumeReplay(depsOf(rig, { replay }), ALIVE)).toEqual({ state: "confirmed" });
  });

  it("is left to the load that is still at it, and to whoever else took it up", async () => {
    const rig = await assumedCity();
    for (const name of ["load", "replay"] as const) {
      const lease = await rig.ports.leases.take(name, { owner: "x", now: START, seconds: 60 });
      expect(await resumeReplay(depsOf(rig), ALIVE), name).toEqual({ state: "held" });
      if (lease !== undefined) await rig.ports.leases.release(lease);
    }
    expect(rig.note()).toMatchObject({ assumed: true });
  });

  it("ends when it is told to, and leaves the city assumed", async () => {
    const rig = await assumedCity();
    const stop = new AbortController();
    const replay: ResumeDeps["replay"] = (set, city, signal) => {
      stop.abort();
      return replayInMemory(set, city, signal);
    };
    expect(await resumeReplay(depsOf(rig, { replay }), stop.signal)).toEqual({ state: "stopped" });
    expect(rig.note()).toMatchObject({ assumed: true, refuted: false });
  });

  it("is tried no more when it came to other coins", async () => {
    const rig = await assumedCity();
    const replay: ResumeDeps["replay"] = async (...given) => ({
      ...(await replayInMemory(...given)),
      muhash: "ab".repeat(32) as never,
    });
    const resumed = resumeReplay(depsOf(rig, { replay }), ALIVE);
    await expect(resumed).rejects.toMatchObject({ code: "EXOS-E8134" });
    expect(rig.note()).toMatchObject({ assumed: true, refuted: true });
    expect((await rig.ports.segments.info(0))?.muhash).toBeUndefined();
    expect(await resumeReplay(depsOf(rig), ALIVE)).toEqual({ state: "settled" });
  });

  it("is tried again where the world failed", async () => {
    const rig = await assumedCity();
    const replay = () =>
      Promise.reject(new StoreFault("gone", { retryable: true, code: "EXOS-E1004" }));
    await expect(resumeReplay(depsOf(rig, { replay }), ALIVE)).rejects.toThrow("gone");
    expect(rig.note()).toMatchObject({ assumed: true, refuted: false });
    expect(await resumeReplay(depsOf(rig), ALIVE)).toEqual({ state: "confirmed" });
  });

  it("ends alike when it is killed at any call and taken up once more", async () => {
    let call = 0;
    for (let isDone = false; !isDone; ) {
      call++;
      for (const when of ["before", "after"] as const) {
        const rig = await assumedCity();
        const dying = { ...rig, ports: crashAt(rig.ports, { call, when }) };
        const died = await resumeReplay(depsOf(dying), ALIVE).then(
          () => false,
          (cause: unknown) => cause instanceof CrashError || Promise.reject(cause),
        );
        if (!died) isDone = true;
        rig.clock.advance(61_000);
        const { state } = await resumeReplay(depsOf(rig), ALIVE);
        const where = `${when} call ${call}`;
        expect(["confirmed", "settled"], where).toContain(state);
        expect(rig.note(), where).toMatchObject({ assumed: false, refuted: false });
      }
    }
    expect(call).toBeGreaterThan(10);
  });
});
