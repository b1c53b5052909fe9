import { afterAll, describe, expect, it } from "vitest";
import { type FillIndexDeps, fillIndex } from "#services/ingest/load/fill-index.ts";
import { runLoad } from "#services/ingest/load/run-load.ts";
import type { LoadedSet } from "#services/ingest/load/switch-generation.ts";
import { createMemoryAddressIndex } from "#shared/adapters/embedded/memory-address-index.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { height } from "#shared/primitives/brand.ts";
import {
  cityOf,
  indexToFill,
  LOADED,
  mineOn,
  preparedFrom,
  SEGMENT,
} from "../../support/load-rig.ts";

const genesis = genesisRecord(exosRegtest);
const ALIVE = new AbortController().signal;
const chain = await mineOn(undefined, LOADED);
const prepared = await preparedFrom(chain);
afterAll(() => prepared[Symbol.dispose]());
const records = [genesis, ...chain.map(({ record }) => record)];
const top = records[LOADED] ?? genesis;
const { raw } = exosRegtest.consensus.genesis;
const toIndex = records.map(({ hash, height: at }) => ({
  hash,
  height: at,
  bytes: (chain[at - 1]?.bytes ?? raw).slice(),
}));

/** A city that was loaded, and whose index stands where this says. */
async function loadedCity(index: ReturnType<typeof createMemoryAddressIndex>, assumed = false) {
  const { ports, depsOf } = await cityOf({ has: undefined, prepared });
  await runLoad(depsOf(ports), ALIVE);
  const opened: string[] = [];
  const filling = indexToFill(index);
  const log = createMemoryLog();
  const deps: FillIndexDeps = {
    ...ports,
    network: exosRegtest,
    index: {
      cursor: filling.cursor,
      open(name) {
        opened.push(name);
        return filling.open(name);
      },
    },
    segmentBlocks: SEGMENT,
    gapBlocks: 3,
    log,
  };
  const set: LoadedSet = {
    generation: 1,
    at: top,
    frozen: [],
    win: records.map(({ hash }) => hash),
    totals: new Uint8Array(),
    assumed,
  };
  return { ports, deps, set, opened, log };
}

async function indexAt(end: number) {
  const index = createMemoryAddressIndex(exosRegtest.consensus);
  await index.add(toIndex.slice(0, end + 1).map((one) => ({ ...one, bytes: one.bytes.slice() })));
  await index.follow(records[end]?.hash ?? genesis.hash);
  return index;
}

describe("the index of a city that was loaded", () => {
  it("is made anew where it has followed nothing, up to the loaded block", async () => {
    const index = createMemoryAddressIndex(exosRegtest.consensus);
    const { deps, set, opened, log } = await loadedCity(index);
    await fillIndex(set, deps, ALIVE);
    expect(opened).toEqual([`${LOADED}-${top.hash.slice(-8)}`]);
    expect(await index.cursor()).toEqual({ height: LOADED, hash: top.hash });
    const followed = await indexAt(LOADED);
    expect(await index.blockRows(height(LOADED), 99)).toEqual(
      await followed.blockRows(height(LOADED), 99),
    );
    expect(log.records.at(-1)).toMatchObject({ message: "index filled" });
  });

  it.each([
    [LOADED - 4, true],
    [LOADED - 3, false],
    [LOADED, false],
  ])("with its follower at %i, more than three blocks behind: %s", async (end, isMade) => {
    const { deps, set, opened } = await loadedCity(await indexAt(end));
    await fillIndex(set, deps, ALIVE);
    expect(opened).toHaveLength(isMade ? 1 : 0);
  });

  it("is made anew where it follows a chain that the city was told to forget", async () => {
    const other = await mineOn(undefined, LOADED + 2, 0x53);
    const index = await indexAt(0);
    await index.add(
      other.map(({ record, bytes }) => ({
        hash: record.hash,
        height: record.height,
        bytes: bytes.slice(),
      })),
    );
    for (const end of [LOADED - 2, LOADED + 1]) {
      await index.follow(other[end]?.record.hash ?? genesis.hash);
      const { deps, set, opened } = await loadedCity(index);
      await fillIndex(set, deps, ALIVE);
      expect(opened).toHaveLength(1);
      expect(await index.cursor()).toMatchObject({ hash: top.hash });
      await index.add(
        other.map(({ record, bytes }) => ({
          hash: record.hash,
          height: record.height,
          bytes: bytes.slice(),
        })),
      );
    }
  });

  it("takes no body that another city's segment has wrong", async () => {
    const index = createMemoryAddressIndex(exosRegtest.consensus);
    const { deps, set, ports } = await loadedCity(index, true);
    const turned = async (hash: Parameters<typeof ports.blocks.get>[0]) => {
      const bytes = (await ports.blocks.get(hash))?.slice();
      const last = (bytes?.length ?? 0) - 6;
      return bytes?.with(last, (bytes[last] ?? 0) ^ 1);
    };
    const blocks = { get: turned };
    await expect(fillIndex(set, { ...deps, blocks }, ALIVE)).rejects.toMatchObject({
      code: "EXOS-E8107",
    });
    expect(await index.cursor()).toBeUndefined();
  });

  it.each([
    ["no imports", "EXOS-E1009"],
    ["no number", "EXOS-E8136"],
  ] as const)("is left to its follower where there are %s, with a warning", async (why, code) => {
    const index = createMemoryAddressIndex(exosRegtest.consensus);
    const { deps, set, log } = await loadedCity(index);
    const open = async () => ({
      add: async () => undefined,
      finish: async () => why,
      [Symbol.asyncDispose]: async () => undefined,
    });
    await fillIndex(set, { ...deps, index: { ...deps.index, open } }, ALIVE);
    expect(log.records.at(-1)).toMatchObject({ code });
  });
});
