import { expect, it } from "vitest";
import type {
  Heartbeat,
  Heartbeats,
  IngestHeartbeat,
  WatchHeartbeat,
} from "#shared/ports/heartbeats.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { headerRecord } from "../support/header-records.ts";

const { hash, height } = headerRecord(undefined, 1);
const ingest: IngestHeartbeat = {
  service: "ingest",
  at: unixSeconds(1_700_000_000),
  peersIn: 3,
  peersOut: 8,
  bestHeader: { height, hash },
  networkHeight: 2_000_000,
  addresses: 1_200,
};
const watch: WatchHeartbeat = {
  service: "watch",
  at: unixSeconds(1_700_000_020),
  deadLetters: 2,
  oldestHintSeconds: 14,
  cities: [
    {
      city: "syd",
      at: unixSeconds(1_700_000_019),
      ready: true,
      differs: [],
      tip: { height, hash, muhash: hash },
    },
    {
      city: "lon",
      at: unixSeconds(1_700_000_019),
      ready: true,
      differs: ["split", "state-split"],
      tip: { height, hash, muhash: undefined },
    },
    { city: "nyc", at: unixSeconds(1_700_000_020), ready: false, differs: [], tip: undefined },
  ],
};

const byService = (beats: readonly Heartbeat[]) =>
  beats.toSorted((one, other) => (one.service < other.service ? -1 : 1));

/** What every keeper of heartbeats promises. @param create an empty one each time */
export function heartbeatsContract(create: () => Promise<Heartbeats>): void {
  it("knows nobody before the first", async () => {
    expect(await (await create()).all()).toEqual([]);
  });

  it("keeps the last of each service, whole", async () => {
    const heartbeats = await create();
    const { networkHeight: _, ...alone } = { ...ingest, bestHeader: undefined };
    await heartbeats.beat(alone);
    await heartbeats.beat(watch);
    expect(byService(await heartbeats.all())).toEqual([alone, watch]);
    await heartbeats.beat(ingest);
    await heartbeats.beat({ service: "stake", at: ingest.at });
    expect(byService(await heartbeats.all())).toEqual([
      ingest,
      { service: "stake", at: ingest.at },
      watch,
    ]);
  });
}
