import { describe, expect, it } from "vitest";
import { exportCity } from "#services/ingest/compose-export.ts";
import { packSegments } from "#services/ingest/pack-segments.ts";
import { createValidator } from "#services/validate/core.ts";
import { createMemorySnapshots } from "#shared/adapters/embedded/memory-snapshots.ts";
import { fetchSnapshot } from "#shared/adapters/embedded/snapshot-files.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { cityOf, mineOn, preparedFrom, START, storesWith } from "../../support/load-rig.ts";
import { createMemorySegments } from "../../support/memory-segments.ts";
import { sharedValidator } from "../../support/shared-validator.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** Blocks become final at once, and segments are short. */
const network = { ...exosRegtest, consensus: { ...exosRegtest.consensus, reorgBlocksMax: 2 } };
const SEGMENT = 20;
const blocks = await mineOn(undefined, 70);

/** A city whose packer put three segments away, with the digest of each. */
async function packedCity() {
  const deps = sharedValidator(network, START);
  const validator = createValidator(deps);
  for (const { bytes } of blocks) {
    await validator.accept(bytes);
    await validator.connect();
  }
  const segments = createMemorySegments();
  const { leases } = deps.shared;
  const { dialect } = network.consensus;
  await packSegments({ ...deps, segments, leases, dialect, owner: "me", segmentBlocks: SEGMENT });
  return { ...deps, network, segments, snapshots: createMemorySnapshots(), segmentBlocks: SEGMENT };
}

describe("a city's own set", () => {
  it("is published at the newest end of a segment that it counted", async () => {
    const city = await packedCity();
    const to = { folder: temporaryFolder(), program: "test" };
    const end = 59;
    expect(await exportCity(city, to)).toBe(`${end}-${blocks[end - 1]?.record.hash.slice(-8)}`);
    const fetched = await fetchSnapshot(city.snapshots, { network }, temporaryFolder());
    const { coins } = await storesWith(blocks.slice(0, end));
    const tip = await coins.tip();
    if (tip === undefined) throw new RangeError("no tip");
    const muhash = toHashHex((await coins.totals(tip)).muhash);
    expect(fetched).toMatchObject({ ok: true, value: { height: end, muhash } });
  });

  it("is not where another digest was noted than what its tables have", async () => {
    const city = await packedCity();
    const [info, before] = [await city.segments.info(2), await city.segments.info(1)];
    if (info === undefined || before === undefined) throw new RangeError("not packed");
    await city.segments.declare(2, { ...info, muhash: before.muhash });
    const to = { folder: temporaryFolder(), program: "test" };
    await expect(exportCity(city, to)).rejects.toMatchObject({ code: "EXOS-E1004" });
    expect(await city.snapshots.names()).toEqual([]);
  });

  it("is none where nothing was counted yet", async () => {
    const prepared = await preparedFrom(blocks.slice(0, 7));
    const { city, ports } = await cityOf({ has: blocks.slice(0, 7), prepared });
    const to = { folder: temporaryFolder(), program: "test" };
    const none = exportCity({ ...city, ...ports }, to);
    await expect(none).rejects.toMatchObject({ code: "EXOS-E8132" });
  });
});
