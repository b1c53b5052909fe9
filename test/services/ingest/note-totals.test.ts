import { describe, expect, it } from "vitest";
import { noteTotals } from "#services/ingest/load/note-totals.ts";
import { createValidator } from "#services/validate/core.ts";
import { openLevelCoinStore } from "#shared/adapters/embedded/level-coin-store.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import { segmentEnd } from "#shared/coins/segment.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { memoryValidator } from "../../support/memory-validator.ts";
import { type MinedBlock, mineChain } from "../../support/mine.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const START = unixSeconds(1_700_000_000);
const [SEGMENT, LIMIT] = [5, 2];
const { dialect } = exosRegtest.consensus;
const hasty = (reorgBlocksMax: number) => ({
  ...exosRegtest,
  consensus: { ...exosRegtest.consensus, reorgBlocksMax },
});

const chain = await mineChain(genesisRecord(exosRegtest), 20, {
  script: Uint8Array.of(0x51),
  network: exosRegtest,
});

/** A disk whose commits are looked at, as often as told, and flushed in between. */
async function loadedWith(blocks: readonly MinedBlock[], noteEvery: number) {
  const stack = new AsyncDisposableStack();
  const folder = temporaryFolder();
  const coins = stack.use(await openLevelCoinStore({ folder, dialect }));
  const disk = { ...memoryValidator(hasty(LIMIT + SEGMENT + 1), START), coins };
  const validator = createValidator(disk);
  for (const [at, { bytes }] of blocks.entries()) {
    await validator.accept(bytes);
    await validator.connect();
    if ((at + 1) % noteEvery !== 0) continue;
    await noteTotals({ ...disk, network: hasty(LIMIT), segmentBlocks: SEGMENT });
    await coins.flush();
  }
  return { disk, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Totals after a block, counted in stores that end with it. */
async function countedAt(height: number) {
  const stores = memoryValidator(exosRegtest, START);
  const validator = createValidator(stores);
  for (const { bytes } of chain.slice(0, height)) await validator.accept(bytes);
  await validator.connect();
  const tip = await stores.coins.tip();
  if (tip?.height !== height) throw new RangeError("no such tip");
  return stores.coins.totals(tip);
}

describe("the ends of segments", () => {
  it.each([
    [998, -1],
    [999, 999],
    [1_998, 999],
    [1_999, 1_999],
  ])("at height %i: the newest is %i", (at, end) => expect(segmentEnd(at, 1_000)).toBe(end));
});

describe("the totals of a chain that is loaded", () => {
  it.each([1, 3])(
    "are noted at each final end of a segment, looked at after every %i blocks",
    async (every) => {
      await using loaded = await loadedWith(chain, every);
      const { headers } = loaded.disk;
      for (const { record } of chain) {
        const { height } = record;
        const totals = (await headers.get(record.hash))?.totals;
        const isNoted = (height + 1) % SEGMENT === 0 && height <= chain.length - LIMIT;
        expect([height, totals !== undefined]).toEqual([height, isNoted]);
        if (totals === undefined) continue;
        expect(RunningTotals.decode(dialect, totals).totals()).toEqual(await countedAt(height));
      }
    },
  );

  it("are counted where the end before is not known any more", async () => {
    await using loaded = await loadedWith(chain, 10);
    const { headers } = loaded.disk;
    const at = async (height: number) => {
      const hash = chain[height - 1]?.record.hash;
      return hash === undefined ? undefined : (await headers.get(hash))?.totals;
    };
    // Of the segment that ends at 9, nobody saw the end.
    expect([await at(4), await at(9)].map((totals) => totals !== undefined)).toEqual([true, false]);
    const noted = await at(14);
    if (noted === undefined) throw new RangeError("not noted");
    expect(RunningTotals.decode(dialect, noted).totals()).toEqual(await countedAt(14));
  });
});
