import { createWatch } from "#services/ingest/watch/watch.ts";
import { whatIsBroken } from "#services/rpc/views/health.ts";
import { createManualClock, type ManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryCursors } from "#shared/adapters/embedded/memory-cursors.ts";
import { createMemoryHeartbeats } from "#shared/adapters/embedded/memory-heartbeats.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createMemoryTipNotice } from "#shared/adapters/embedded/memory-tip-notice.ts";
import type { Tip } from "#shared/coins/tip.ts";
import { judgeCity } from "#shared/fleet/judge-city.ts";
import { type CityAnswer, RECENT_HASHES } from "#shared/fleet/judge-fleet.ts";
import type { Reason } from "#shared/fleet/reason.ts";
import type { FleetBoard } from "#shared/ports/fleet-watch.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import type { Heartbeats } from "#shared/ports/heartbeats.ts";
import { type HashHex, height, unixSeconds } from "#shared/primitives/brand.ts";

const START = unixSeconds(1_800_000_000);
/** Seconds between blocks, and between heartbeats. */
export const SPACING = 64;
export const BEAT = 60;

/** What is wrong with a simulated city; nothing, unless a fault sets it. */
export interface Ailment {
  /** Blocks arrive no more; headers still do. */
  blocksStop?: boolean;
  /** Nothing arrives: it knows of nothing newer. */
  cutOff?: boolean;
  indexStops?: boolean;
  noPeers?: boolean;
  ingestDead?: boolean;
  deadLetters?: number;
  /** A hint waits in the queue at every look. */
  hintStuck?: boolean;
  window?: "wrong end" | "no final" | "wrong height";
  wrongState?: string;
  /** Follows a chain of its own from now on. */
  chain?: string;
  answer?: "none" | "opening";
  assumed?: boolean;
}

export interface SimulatedCity {
  readonly code: string;
  readonly ailment: Ailment;
  readonly heartbeats: Heartbeats;
  /** Height and chain at the moment, as its ailments let them be. */
  tip(): { height: number; hash: HashHex; time: number };
  answer(): Promise<CityAnswer | undefined>;
}

/** A fleet in virtual time, whose first city watches it as a city does. */
export interface WatchedFleet {
  readonly clock: ManualClock;
  readonly cities: readonly SimulatedCity[];
  /** The whole network mints nothing any more. */
  stall(): void;
  /** Go on by one second, with all that falls due. */
  step(): Promise<void>;
  /** What is said of each city by the last sweep, by code. */
  said(): ReadonlyMap<
    string,
    { readonly reasons: readonly Reason[]; readonly inRotation: boolean }
  >;
  /** Writes of the vector so far. */
  vectors(): readonly string[];
}

function hashOf(at: number, chain: string): HashHex {
  // Test data: sixty-four digits that name chain and height.
  return `${chain}${String(at).padStart(64 - chain.length, "0")}` as HashHex;
}

export function openWatchedFleet(codes: readonly string[]): WatchedFleet {
  const clock = createManualClock(START);
  let minted = 0;
  let stalled = false;
  const seconds = () => clock.now() - START;
  const network = { height: () => 1_000 + minted };
  const cities = codes.map((code) => createCity(code, { clock, network }));
  const [watcher] = cities;
  const vectors: string[] = [];
  let picture = '{"cities":[]}';
  const board: FleetBoard = {
    vector: async () => vectors.at(-1),
    putVector: async (vector) => void vectors.push(vector),
    async putPicture(text) {
      picture = text;
    },
  };
  const byCode = new Map(cities.map((city) => [city.code, city]));
  const watches = cities.map((city) => {
    const isWatcher = city === watcher;
    const asker = { ask: async (code: string) => byCode.get(code)?.answer() };
    return watchOf(city, clock, isWatcher ? { asker, board, cities: codes } : undefined);
  });
  return {
    clock,
    cities,
    stall() {
      stalled = true;
    },
    vectors: () => vectors,
    async step() {
      clock.advance(1_000);
      if (!stalled && seconds() % SPACING === 0) minted++;
      for (const [at, city] of cities.entries()) {
        // Cities beat at different seconds of the minute.
        if ((seconds() + 7 * at) % BEAT === 0) await beatOf(city, clock);
        if ((seconds() + 7 * at + 30) % BEAT === 0) await watches[at]?.();
      }
    },
    said() {
      const found: { city: string; reasons: Reason[]; inRotation: boolean }[] =
        JSON.parse(picture).cities;
      return new Map(found.map((one) => [one.city, one]));
    },
  };
}

interface World {
  readonly clock: ManualClock;
  readonly network: { height(): number };
}

function createCity(code: string, { clock, network }: World): SimulatedCity {
  const ailment: Ailment = {};
  const heartbeats = createMemoryHeartbeats();
  const frozen: { tip?: number; index?: number; forkedAt?: number } = {};
  const timeOf = (at: number) => START + (at - 1_000) * SPACING;

  function tip() {
    const now = network.height();
    if (ailment.blocksStop === true || ailment.cutOff === true) frozen.tip ??= now;
    if (ailment.chain !== undefined) frozen.forkedAt ??= now;
    const at = frozen.tip ?? now;
    return { height: at, hash: hashAt(at), time: timeOf(at) };
  }
  function hashAt(at: number): HashHex {
    const isForked = frozen.forkedAt !== undefined && at > frozen.forkedAt;
    return hashOf(at, isForked ? (ailment.chain ?? "a") : "a");
  }
  /** The stored tip as it is, or as a broken store would have it. */
  function stored(): { tip: Tip; header: Pick<StoredHeader, "record"> } {
    const now = tip();
    const final = now.height - 500;
    const base = ailment.window === "no final" ? final + 10 : final;
    const win = Array.from({ length: now.height - base + 1 }, (_, at) => hashAt(base + at));
    if (ailment.window === "wrong end") win.pop();
    const record = { height: now.height + (ailment.window === "wrong height" ? 1 : 0) };
    const whole = { height: height(now.height), hash: now.hash, final, base: height(base), win };
    // Of both no more is read than what stands here.
    return { tip: whole as unknown as Tip, header: { record } as unknown as StoredHeader };
  }
  async function answer(): Promise<CityAnswer | undefined> {
    if (ailment.answer === "none") return undefined;
    const now = tip();
    const beats = await heartbeats.all();
    const ingest = beats.find((beat) => beat.service === "ingest");
    const watch = beats.find((beat) => beat.service === "watch");
    if (ailment.indexStops === true) frozen.index ??= now.height;
    const { tip: held, header } = stored();
    const reasons = judgeCity(
      {
        now: clock.now(),
        phase: { name: ailment.answer === "opening" ? "opening" : "ready", since: START },
        tip: { height: now.height, time: unixSeconds(now.time) },
        bestHeight: Math.max(now.height, ingest?.bestHeader?.height ?? 0),
        indexHeight: frozen.index ?? now.height,
        broken: whatIsBroken(held, header),
        assumed: ailment.assumed ?? false,
        peers: (ingest?.peersIn ?? 0) + (ingest?.peersOut ?? 0),
        silentSeconds: ingest === undefined ? undefined : clock.now() - ingest.at,
        deadLetters: watch?.deadLetters ?? 0,
        oldestHintSeconds: watch?.oldestHintSeconds ?? 0,
      },
      { blocksMax: 2, ageSecondsMax: 1_800 },
    );
    const muhash = hashOf(now.height, ailment.wrongState ?? "b");
    const recent = Array.from({ length: RECENT_HASHES }, (_, back) => hashAt(now.height - back));
    return { reasons, tip: { height: now.height, hash: now.hash, muhash, recent } };
  }
  return { code, ailment, heartbeats, tip, answer };
}

async function beatOf(city: SimulatedCity, clock: ManualClock): Promise<void> {
  const { ailment } = city;
  if (ailment.ingestDead === true) return;
  const { height: at, hash } = city.tip();
  const known = ailment.blocksStop === true ? at + 10 : at;
  await city.heartbeats.beat({
    service: "ingest",
    at: clock.now(),
    peersIn: 0,
    peersOut: ailment.noPeers === true ? 0 : 8,
    bestHeader: { height: known, hash },
    addresses: 10,
  });
}

/** The watch of a city as it is, over what is simulated of its stores. */
function watchOf(
  city: SimulatedCity,
  clock: ManualClock,
  fleet: Parameters<typeof createWatch>[0]["fleet"],
) {
  const { ailment, heartbeats } = city;
  const gone = { send: async () => undefined };
  const depths = {
    read: async () => ({
      connect: ailment.hintStuck === true ? 1 : 0,
      dead: ailment.deadLetters ?? 0,
    }),
  };
  return createWatch({
    coins: { tip: async () => undefined },
    headers: { candidates: async () => [], get: async () => undefined },
    cursors: createMemoryCursors(),
    notice: createMemoryTipNotice(),
    connect: gone,
    follow: gone,
    heartbeats,
    depths,
    metrics: { gauge: () => undefined },
    task: undefined,
    replay: undefined,
    fleet,
    clock,
    log: createMemoryLog(),
  });
}
