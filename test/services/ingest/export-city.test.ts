import { describe, expect, it } from "vitest";
import { exportCity } from "#services/ingest/compose-export.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { readManifests } from "#shared/adapters/embedded/snapshot-files.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { COUNTED_CHAIN, countedCity, HASTY_REGTEST, setName } from "../../support/counted-city.ts";
import { cityOf, preparedFrom, storesWith } from "../../support/load-rig.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** What the newest snapshot says, and what stores that judged all of it count there. */
async function compared({ snapshots }: Parameters<typeof exportCity>[0], end: number) {
  const [manifest] = await readManifests(snapshots, HASTY_REGTEST.name);
  const { coins } = await storesWith(COUNTED_CHAIN.slice(0, end));
  const tip = await coins.tip();
  if (tip === undefined) throw new RangeError("no tip");
  const { muhash, supply } = await coins.totals(tip);
  expect(manifest).toMatchObject({ height: end, muhash: toHashHex(muhash), supply });
  if (manifest === undefined) throw new RangeError("no manifest");
  return { ...manifest, supply };
}

describe("a city's own set", () => {
  it("is published at the newest end of a segment that it counted, with who holds most of it", async () => {
    const { city, run } = await countedCity();
    expect(await run()).toEqual({ name: setName(59), isKnown: false });
    const { supply, hash } = await compared(city, 59);
    expect(await city.richList.richest(9)).toEqual({
      at: { height: 59, hash },
      holders: [{ script: Uint8Array.of(0x51), balance: supply, coins: 59 }],
    });
  });

  it("is written once for each end of a segment", async () => {
    const { city, run, take, ways } = await countedCity();
    await run();
    await take(COUNTED_CHAIN.slice(70, 75));
    expect(await run()).toEqual({ name: setName(59), isKnown: true });
    expect(ways()).toEqual(["scan"]);
    // A run that died before it was done is done again.
    await city.snapshots.remove(setName(59));
    expect(await run()).toEqual({ name: setName(59), isKnown: false });
  });

  it("is made from the one before and the segments since, the same as out of the tables", async () => {
    const [forward, scanned] = [await countedCity(), await countedCity(150)];
    await forward.run();
    await forward.take(COUNTED_CHAIN.slice(70));
    expect(await forward.run()).toEqual({ name: setName(119), isKnown: false });
    await scanned.run();
    expect([...forward.ways(), ...scanned.ways()]).toEqual(["scan", "segments", "scan"]);
    const [made, read] = [await compared(forward.city, 119), await compared(scanned.city, 119)];
    expect(made).toEqual(read);
    expect(await forward.city.richList.richest(9)).toEqual(await scanned.city.richList.richest(9));
    expect(await forward.city.snapshots.names()).toEqual([setName(119), setName(59)]);
  });

  it("is read out of the tables where the one before is damaged", async () => {
    const { city, run, take, ways, log } = await countedCity();
    await run();
    await city.snapshots.write(setName(59), "coins-0.bin.zst", piecesOf(Uint8Array.of(1, 2, 3)));
    await take(COUNTED_CHAIN.slice(70));
    await run();
    await compared(city, 119);
    expect(ways()).toEqual(["scan", "scan"]);
    expect(log.records.map(({ code }) => code)).toContain("EXOS-E1013");
  });

  it("is read out of the tables where the one before has another digest than was noted", async () => {
    const { city, run, take, ways, log } = await countedCity();
    await run();
    const [noted, other] = [await city.segments.info(2), await city.segments.info(1)];
    if (noted === undefined || other === undefined) throw new RangeError("not packed");
    await city.segments.declare(2, { ...noted, muhash: other.muhash });
    await take(COUNTED_CHAIN.slice(70));
    await run();
    await compared(city, 119);
    expect(ways()).toEqual(["scan", "scan"]);
    expect(log.records.map(({ level }) => level)).not.toContain("warn");
  });

  it("is not where another digest was noted than what its tables have", async () => {
    const { city, run } = await countedCity();
    const [info, before] = [await city.segments.info(2), await city.segments.info(1)];
    if (info === undefined || before === undefined) throw new RangeError("not packed");
    await city.segments.declare(2, { ...info, muhash: before.muhash });
    await expect(run()).rejects.toMatchObject({ code: "EXOS-E1004" });
    expect(await city.snapshots.names()).toEqual([]);
    expect(await city.richList.richest(1)).toBeUndefined();
  });

  it("is none where nothing was counted yet", async () => {
    const prepared = await preparedFrom(COUNTED_CHAIN.slice(0, 7));
    const { city, ports } = await cityOf({ has: COUNTED_CHAIN.slice(0, 7), prepared });
    const task = { folder: temporaryFolder(), program: "test", log: createMemoryLog() };
    const { signal } = new AbortController();
    const none = exportCity({ ...city, ...ports, network: HASTY_REGTEST }, task, signal);
    await expect(none).rejects.toMatchObject({ code: "EXOS-E8132" });
  });
});

async function* piecesOf(bytes: Uint8Array) {
  yield bytes;
}
