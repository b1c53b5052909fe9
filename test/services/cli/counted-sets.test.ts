import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCountedSets } from "#services/cli/embedded/counted-sets.ts";
import { createValidator } from "#services/validate/core.ts";
import { jsonFile } from "#shared/adapters/embedded/json-file.ts";
import { height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { mineOn, SEGMENT, storesWith } from "../../support/load-rig.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const chain = await mineOn(undefined, 7);
const placeOf = (at: number, of = chain) => ({ height: at, hash: hashOf(at, of) });
function hashOf(at: number, of: typeof chain) {
  const block = of[at - 1];
  if (block === undefined) throw new RangeError("no such block");
  return block.record.hash;
}

/** What a replay of so many blocks counts. */
async function countedAt(blocks: typeof chain) {
  const { coins } = await storesWith(blocks);
  const tip = await coins.tip();
  return tip && toHashHex((await coins.totals(tip)).muhash);
}

async function city(blocks = chain) {
  const stores = await storesWith(blocks);
  const state = jsonFile(join(temporaryFolder(), "counted.json"));
  const open = () => openCountedSets({ ...stores, state, segmentBlocks: SEGMENT });
  return { stores, state, open };
}

describe("what a city outside AWS counted", () => {
  it("is noted at the newest end of a segment, and known after a restart", async () => {
    const { open } = await city();
    const counted = await open();
    expect(counted.at(placeOf(5))).toBeUndefined();
    await counted.note();
    expect(counted.at(placeOf(5))).toBe(await countedAt(chain.slice(0, 5)));
    expect(counted.at(placeOf(4))).toBeUndefined();
    expect((await open()).at(placeOf(5))).toBe(await countedAt(chain.slice(0, 5)));
  });

  it("is of the block that it was counted at, also where that left the chain", async () => {
    const { stores, open } = await city(chain.slice(0, 5));
    const counted = await open();
    await counted.note();
    const other = [...chain.slice(0, 4), ...(await mineOn(chain[3], 3, 0x52))];
    const validator = createValidator(stores);
    for (const { bytes } of other) await validator.accept(bytes);
    await validator.connect();
    await counted.note();
    expect(counted.at(placeOf(5, other))).toBe(await countedAt(other.slice(0, 5)));
    expect(counted.at(placeOf(5))).toBeUndefined();
  });

  it("is nothing where its coins came from a snapshot, or too much was spent since", async () => {
    const { stores, state } = await city();
    const tip = await stores.coins.tip();
    if (tip === undefined) throw new RangeError("no tip");
    for (const change of [{ floor: height(1) }, { final: height(6) }]) {
      const coins = { ...stores.coins, tip: async () => ({ ...tip, ...change }) };
      const counted = await openCountedSets({ ...stores, coins, state, segmentBlocks: SEGMENT });
      await counted.note();
      expect(await state.read()).toBeUndefined();
    }
  });

  it("is counted once, and anew where what was kept cannot be read", async () => {
    const { stores, state } = await city();
    let counts = 0;
    const totals: typeof stores.coins.totals = (tip) => {
      counts++;
      return stores.coins.totals(tip);
    };
    const coins = { tip: () => stores.coins.tip(), totals };
    const open = () => openCountedSets({ ...stores, coins, state, segmentBlocks: SEGMENT });
    const counted = await open();
    await counted.note();
    await counted.note();
    await (await open()).note();
    expect(counts).toBe(1);
    await state.write([{ height: 5 }]);
    await (await open()).note();
    expect([counts, await state.read()]).toMatchObject([2, { value: [{ height: 5 }] }]);
  });
});
