import { createHttpCityAsker } from "#shared/adapters/aws/http-city-asker.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { Reason } from "#shared/fleet/reason.ts";
import type { FleetBoard } from "#shared/ports/fleet-watch.ts";
import type { OperatorNotice } from "#shared/ports/operators.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { openSimulatedCity, type SimulatedCity } from "./simulated-city.ts";
import { createVirtualChain, type VirtualChain } from "./virtual-chain.ts";

const START = unixSeconds(1_800_000_000);
/** Seconds between blocks, and between heartbeats. */
export const SPACING = 64;
export const BEAT = 60;
/** Blocks that there are at the start. */
const BLOCKS = 6;
const ORIGIN = "https://fleet.test";

/** As on a network of many machines: peers count, and the age of a tip does. */
const NETWORK: Network = { ...exosRegtest, kind: "main" };
/** One for all fleets: what a city makes of its blocks does not change. */
const CHAIN = createVirtualChain({
  network: NETWORK,
  timeOf: (height) => START + (height - BLOCKS) * SPACING,
});

/** A fleet in virtual time, whose first city watches it as a city does. */
export interface WatchedFleet {
  readonly cities: readonly SimulatedCity[];
  /** The chain that all of them follow, and its height by now. */
  readonly chain: VirtualChain;
  height(): number;
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
  /** What operators were told so far. */
  notices(): readonly OperatorNotice[];
}

export async function openWatchedFleet(codes: readonly string[]): Promise<WatchedFleet> {
  const clock = createManualClock(START);
  let height = 0;
  let stalled = false;
  const vectors: string[] = [];
  let picture = '{"cities":[]}';
  const board: FleetBoard = {
    vector: async () => vectors.at(-1),
    putVector: async (vector) => void vectors.push(vector),
    async putPicture(text) {
      picture = text;
    },
  };
  const notices: OperatorNotice[] = [];
  const operators = { tell: async (notice: OperatorNotice) => void notices.push(notice) };
  const told = { environment: "test", operators };
  const byCode = new Map<string, SimulatedCity>();
  const asker = createHttpCityAsker({
    origin: ORIGIN,
    async fetch(url) {
      const code = url.slice(ORIGIN.length).split("/")[2] ?? "";
      const city = byCode.get(code);
      if (city === undefined) throw new RangeError(`no city ${code}`);
      return city.fetch(new Request(url));
    },
  });
  for (const code of codes) {
    const fleet = byCode.size === 0 ? { asker, board, cities: codes, ...told } : undefined;
    const city = { code, network: NETWORK, chain: CHAIN, clock, fleet };
    byCode.set(code, await openSimulatedCity(city));
  }
  const cities = [...byCode.values()];
  async function mint(): Promise<void> {
    height++;
    for (const city of cities) await city.mined(height);
  }
  for (let at = 0; at < BLOCKS; at++) await mint();
  return {
    cities,
    chain: CHAIN,
    height: () => height,
    stall() {
      stalled = true;
    },
    vectors: () => vectors,
    notices: () => notices,
    async step() {
      clock.advance(1_000);
      const seconds = clock.now() - START;
      if (!stalled && seconds % SPACING === 0) await mint();
      for (const [at, city] of cities.entries()) {
        // Cities beat at different seconds of the minute.
        if ((seconds + 7 * at) % BEAT === 0) await city.beat();
        // What failed of its parts is in its log, and the schedule starts it again.
        if ((seconds + 7 * at + 30) % BEAT === 0) await city.watch().catch(() => undefined);
      }
    },
    said() {
      const found: { city: string; reasons: Reason[]; inRotation: boolean }[] =
        JSON.parse(picture).cities;
      return new Map(found.map((one) => [one.city, one]));
    },
  };
}
