import { describe, expect, it } from "vitest";
import { createReplayKeeper } from "#services/ingest/watch/keep-replay.ts";
import { changeOfProvider, createTaskKeeper } from "#services/ingest/watch/keep-task.ts";
import { createWatch, type WatchDeps } from "#services/ingest/watch/watch.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryCursors } from "#shared/adapters/embedded/memory-cursors.ts";
import { createMemoryHeartbeats } from "#shared/adapters/embedded/memory-heartbeats.ts";
import { createMemoryLeases } from "#shared/adapters/embedded/memory-leases.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createMemoryTipNotice } from "#shared/adapters/embedded/memory-tip-notice.ts";
import { genesisTip, type Tip } from "#shared/coins/tip.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { GenerationNote } from "#shared/ports/generations.ts";
import type { SeenTask } from "#shared/ports/peer-task.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

const NOW = unixSeconds(1_800_000_000);
const genesis = genesisRecord(exosRegtest);
const { tip } = genesisTip(genesis);

function city(change: Partial<WatchDeps> = {}) {
  const sent: object[] = [];
  const gauges = new Map<string, number>();
  const clock = createManualClock(NOW);
  const stored = {
    record: genesis,
    bodySize: 1,
    checked: true,
    rejected: undefined,
    applied: [0],
    totals: undefined,
  };
  const deps: WatchDeps = {
    coins: { tip: async () => tip },
    headers: { candidates: async () => [], get: async () => stored },
    cursors: createMemoryCursors(),
    notice: createMemoryTipNotice(),
    connect: { send: async (hint) => void sent.push(hint) },
    follow: { send: async (hint) => void sent.push(hint) },
    heartbeats: createMemoryHeartbeats(),
    depths: { read: async () => ({ connect: 0, dead: 0 }) },
    metrics: { gauge: (name, value) => void gauges.set(name, value) },
    task: undefined,
    replay: undefined,
    fleet: undefined,
    clock,
    log: createMemoryLog(),
    ...change,
  };
  const settle = async (at: Tip = tip) => {
    await deps.notice.put(at);
    const cursor = { rev: at.rev, height: at.height, hash: at.hash, generation: 0 };
    await deps.cursors.get("index");
    for (const follower of ["index", "mempool"] as const) {
      await (deps.cursors as ReturnType<typeof createMemoryCursors>).set(follower, cursor);
    }
  };
  return { deps, sent, gauges, clock, settle, watch: createWatch(deps) };
}

describe("watching over a city, once a minute", () => {
  it("hints at nothing while it stands still", async () => {
    const { watch, sent, settle, gauges } = city();
    await settle();
    await watch();
    expect(sent).toEqual([]);
    expect(gauges.get("exos_tip_height")).toBe(0);
    expect(gauges.get("exos_tip_age_seconds")).toBe(NOW - genesis.header.time);
  });

  it("hints at connecting when a candidate outweighs the tip", async () => {
    const candidates = async (work: bigint) => [{ work: work + 1n, hash: tip.hash }];
    const { watch, sent, settle, deps } = city();
    await settle();
    const heavier = createWatch({ ...deps, headers: { ...deps.headers, candidates } });
    await heavier();
    expect(sent).toEqual([{ v: 1, kind: "tick" }]);
    await watch();
    expect(sent).toHaveLength(1);
  });

  it("wakes the followers when one lags", async () => {
    const { watch, sent, settle, deps } = city();
    await settle();
    const behind = { ...tip, hash: genesis.hash.replace(/^./, "f") as typeof tip.hash };
    await (deps.cursors as ReturnType<typeof createMemoryCursors>).set("index", {
      ...behind,
      generation: 0,
    });
    await watch();
    expect(sent).toEqual([{ v: 1, kind: "tip", rev: 1, height: 0, hash: tip.hash }]);
  });

  it("repairs a notice that nobody wrote, and publishes what was not", async () => {
    const { watch, sent, settle, deps } = city();
    await settle();
    const next = { ...tip, rev: 2 };
    await createWatch({ ...deps, coins: { tip: async () => next } })();
    expect((await deps.notice.read())?.rev).toBe(2);
    expect(sent).toHaveLength(1);
    await watch();
    expect((await deps.notice.read())?.rev).toBe(2);
    expect(sent).toHaveLength(1);
  });

  it("beats with what waits and was put aside, and for how long", async () => {
    let connect = 1;
    const depths = { read: async () => ({ connect, dead: 3 }) };
    const { watch, deps, clock } = city({ depths });
    const oldest = async () => {
      const [beat] = await deps.heartbeats.all();
      return beat?.service === "watch" ? [beat.deadLetters, beat.oldestHintSeconds] : undefined;
    };
    await watch();
    expect(await oldest()).toEqual([3, 1]);
    clock.advance(60_000);
    await watch();
    expect(await oldest()).toEqual([3, 61]);
    connect = 0;
    clock.advance(60_000);
    await watch();
    expect(await oldest()).toEqual([3, 0]);
  });

  it("counts the peers of a process that lives, and none of one that fell silent", async () => {
    const { watch, deps, gauges, clock } = city();
    const beat = { service: "ingest", peersIn: 2, peersOut: 5, addresses: 9 } as const;
    await deps.heartbeats.beat({ ...beat, at: NOW, bestHeader: undefined });
    const peers = async () => {
      await watch();
      return gauges.get("bitcoin_peers");
    };
    clock.advance(120_000);
    expect(await peers()).toBe(7);
    clock.advance(1_000);
    expect(await peers()).toBe(0);
  });

  it("does not take its own hint for one that waits, though a candidate stays where it is", async () => {
    const queue: object[] = [];
    // Withheld, or left alone: whoever is hinted at it handles the hint and leaves the candidate.
    const candidates = async (work: bigint) => [{ work: work + 1n, hash: tip.hash }];
    const { deps, clock, settle } = city();
    await settle();
    const watch = createWatch({
      ...deps,
      headers: { ...deps.headers, candidates },
      connect: { send: async (hint) => void queue.push(hint) },
      depths: { read: async () => ({ connect: queue.length, dead: 0 }) },
    });
    for (let minute = 0; minute < 6; minute++) {
      await watch();
      expect(queue).toHaveLength(1);
      expect((await deps.heartbeats.all())[0]).toMatchObject({ oldestHintSeconds: 0 });
      queue.length = 0;
      clock.advance(60_000);
    }
  });

  it("does not call a hint old while the tip moves on", async () => {
    const { deps, clock } = city({ depths: { read: async () => ({ connect: 1, dead: 0 }) } });
    let rev = 1;
    const watch = createWatch({ ...deps, coins: { tip: async () => ({ ...tip, rev }) } });
    const oldest: unknown[] = [];
    for (const step of [0, 0, 1, 0, 1, 1]) {
      rev += step;
      await watch();
      const [beat] = await deps.heartbeats.all();
      oldest.push(beat?.service === "watch" && beat.oldestHintSeconds);
      clock.advance(60_000);
    }
    expect(oldest).toEqual([1, 61, 1, 61, 1, 1]);
  });

  it("tries every part although one fails, and fails in the end", async () => {
    const depths = {
      async read(): Promise<never> {
        throw new StoreFault("queues are down", { retryable: true });
      },
    };
    const { watch, deps, sent } = city({ depths });
    await expect(watch()).rejects.toThrow("queues are down");
    expect((await deps.heartbeats.all())[0]).toMatchObject({ service: "watch", at: NOW });
    expect(sent).toHaveLength(1);
  });

  it("has nothing to measure in an empty city", async () => {
    const { deps, gauges, sent } = city();
    await createWatch({ ...deps, coins: { tip: async () => undefined } })();
    expect([gauges.size, sent.length]).toEqual([0, 0]);
  });
});

function seen(change: Partial<SeenTask>): SeenTask {
  const since = unixSeconds(NOW - 5_000);
  return { running: 1, provider: "spot", since, address: undefined, ...change };
}

describe("the provider of the peer task", () => {
  it.each([
    ["stays on Spot while it runs", seen({}), NOW - 9_999, undefined],
    ["stays for ten minutes without one", seen({ running: 0 }), NOW - 599, undefined],
    ["is changed after them", seen({ running: 0 }), NOW - 600, "on-demand"],
    ["is changed where none ever spoke", seen({ running: 0 }), undefined, "on-demand"],
    [
      "has ten minutes to come up",
      seen({ running: 0, since: unixSeconds(NOW - 599) }),
      1,
      undefined,
    ],
    ["stays on demand for a day", seen({ provider: "on-demand" }), NOW, undefined],
    [
      "goes back after it",
      seen({ provider: "on-demand", since: unixSeconds(NOW - 86_400) }),
      NOW,
      "spot",
    ],
  ] as const)("%s", (_, task, lastSign, change) => {
    const sign = lastSign === undefined ? undefined : unixSeconds(lastSign);
    expect(changeOfProvider(task, sign, NOW)).toBe(change);
  });

  it("is asked for, and the name follows its address when that changes", async () => {
    const done: string[] = [];
    let state: SeenTask | undefined = seen({ address: "192.0.2.1" });
    const keep = createTaskKeeper({
      task: {
        see: async () => state,
        use: async (provider) => void done.push(provider),
      },
      seed: { point: async (addresses) => void done.push(...addresses) },
      addresses: undefined,
      log: createMemoryLog(),
    });
    await keep(undefined, NOW);
    await keep(undefined, NOW);
    state = seen({ address: "192.0.2.2" });
    await keep(undefined, NOW);
    state = seen({ running: 0 });
    await keep(undefined, NOW);
    state = undefined;
    await keep(undefined, NOW);
    expect(done).toEqual(["192.0.2.1", "192.0.2.2", "on-demand"]);
  });

  it("has a name at the city's own addresses where they stay, whichever task runs", async () => {
    const done: string[] = [];
    let state = seen({ running: 0, since: NOW });
    const keep = createTaskKeeper({
      task: { see: async () => state, use: async () => undefined },
      seed: { point: async (addresses) => void done.push(addresses.join()) },
      addresses: ["198.51.100.1", "198.51.100.2"],
      log: createMemoryLog(),
    });
    await keep(undefined, NOW);
    state = seen({ address: "192.0.2.1" });
    await keep(undefined, NOW);
    expect(done).toEqual(["198.51.100.1,198.51.100.2"]);
  });
});

describe("the replay of what a city began with", () => {
  const ASSUMED = {
    state: "loaded",
    at: 0,
    assumed: true,
    refuted: false,
    digest: undefined,
  } as const;

  function keeper(
    note: Partial<GenerationNote> | undefined,
    isWanted: boolean | undefined = false,
  ) {
    const clock = createManualClock(NOW);
    const leases = createMemoryLeases();
    const wants: boolean[] = [];
    const asked: string[] = [];
    const state: { note: GenerationNote | undefined; isWanted: boolean | undefined } = {
      note: note && { ...ASSUMED, ...note },
      isWanted,
    };
    const generations = {
      get: async (generation: number) => {
        asked.push(`generation ${generation}`);
        return state.note;
      },
    };
    const replay = {
      isWanted: async () => {
        asked.push("service");
        return state.isWanted;
      },
      want: async (wanted: boolean) => {
        wants.push(wanted);
        state.isWanted = wanted;
      },
    };
    const keep = createReplayKeeper({ generations, leases, replay, log: createMemoryLog() });
    return { keep, leases, clock, wants, asked, state };
  }

  it("is wanted until it confirmed the set, and looked at no more from then on", async () => {
    const { keep, wants, asked, state } = keeper({});
    await keep(tip, NOW);
    await keep(tip, NOW);
    expect(wants).toEqual([true]);
    // A deployment in between puts the count of the template back.
    state.isWanted = false;
    await keep(tip, NOW);
    expect(wants).toEqual([true, true]);
    state.note = { ...ASSUMED, assumed: false };
    await keep(tip, NOW);
    expect(wants).toEqual([true, true, false]);
    asked.length = 0;
    await keep(tip, NOW);
    expect(asked).toEqual([]);
    // Another load, which begins with another snapshot.
    state.note = ASSUMED;
    await keep({ ...tip, gen: 1 }, NOW);
    expect(wants.at(-1)).toBe(true);
  });

  it("is left to a load while that is alive", async () => {
    const { keep, leases, wants } = keeper({});
    await leases.take("load", { owner: "task", now: NOW, seconds: 60 });
    await keep(tip, NOW);
    expect(wants).toEqual([]);
    // It was killed, and renewed its lease no more.
    await keep(tip, unixSeconds(NOW + 61));
    expect(wants).toEqual([true]);
  });

  it.each([
    ["that was judged", { assumed: false }],
    ["that a replay refuted", { refuted: true }],
    ["of which nobody said anything", undefined],
  ])("is not wanted of a set %s", async (_, note) => {
    const { keep, wants } = keeper(note, true);
    await keep(tip, NOW);
    expect(wants).toEqual([false]);
  });

  it("is not asked for in an empty city, nor where there is no such service", async () => {
    const { keep, asked } = keeper({});
    await keep(undefined, NOW);
    expect(asked).toEqual([]);
    const without = keeper({});
    without.state.isWanted = undefined;
    await without.keep(tip, NOW);
    expect(without.wants).toEqual([]);
  });
});
