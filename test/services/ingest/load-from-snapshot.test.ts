import { describe, expect, it } from "vitest";
import { type OwnSets, ownBeginning } from "#services/ingest/compose-beginning.ts";
import { composeDisk } from "#services/ingest/compose-disk.ts";
import { publishSet } from "#services/ingest/compose-publish.ts";
import { composeReplay } from "#services/ingest/compose-replay.ts";
import { fillSet, restoreSet, writeSet } from "#services/ingest/compose-set.ts";
import { type PreparedChain, runLoad } from "#services/ingest/load/run-load.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Network } from "#shared/consensus/params.ts";
import { type HashHex, height } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import { cityOf, coinsOf, mineOn, preparedFrom, storesWith } from "../../support/load-rig.ts";
import { createMemorySegments } from "../../support/memory-segments.ts";
import type { MinedBlock } from "../../support/mine.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const ALIVE = new AbortController().signal;
const [SEGMENT, LIMIT] = [5, 2];
const network: Network = {
  ...exosRegtest,
  consensus: { ...exosRegtest.consensus, reorgBlocksMax: LIMIT },
};
/** A network on which somebody has to vouch for a snapshot. */
const strict: Network = { ...network, kind: "test" };
const blocks = await mineOn(undefined, 20);
const genesis = genesisRecord(exosRegtest).hash;
const hashAt = (height: number) => blocks[height - 1]?.record.hash ?? genesis;

interface Taken {
  readonly own?: Network;
  readonly from?: Parameters<typeof restoreSet>[1];
  readonly blocks: readonly MinedBlock[];
}

/** The disk of a task that took these blocks, as peers would deliver them, above a snapshot or not. */
async function diskWith({ own = network, from, blocks }: Taken) {
  const folder = temporaryFolder();
  const log = createMemoryLog();
  const options = { network: own, log, segmentBlocks: SEGMENT };
  const disk = await composeDisk({ ...options, folder });
  if (from !== undefined) await restoreSet(disk, from, options);
  const { validator } = disk;
  await validator.tip();
  const receiver = validator.receive();
  for (const { bytes } of blocks) await receiver.take(bytes);
  await receiver.settle();
  const set = await writeSet(disk, { ...options, userAgent: "/test/" });
  const prepared = (city: Parameters<typeof fillSet>[1]["city"]): PreparedChain => ({
    ...disk.stores,
    fill: () => fillSet(set, { ...options, city }),
    publish: (to) => publishSet(set.path, to),
    replay: (loaded, source, signal) =>
      composeReplay(loaded, source, { ...options, folder: temporaryFolder() }, signal),
  });
  return { set, prepared, [Symbol.asyncDispose]: () => disk[Symbol.asyncDispose]() };
}

/** An empty city, and its load of what a disk has. */
async function emptyCity() {
  const city = await cityOf({ has: undefined, prepared: await preparedFrom(blocks.slice(0, 1)) });
  const load = (chain: PreparedChain) =>
    runLoad(
      { ...city.depsOf(city.ports), network, segmentBlocks: SEGMENT, prepare: async () => chain },
      ALIVE,
    );
  return { ...city, load };
}

/** A city that judged everything itself, up to the end of the second segment. */
async function firstCity() {
  const first = await emptyCity();
  await using disk = await diskWith({ blocks: blocks.slice(0, 12) });
  await first.load(disk.prepared(first.city.coins));
  return { ...first, muhash: disk.set.muhash };
}

describe("a city that is loaded from what another one published", () => {
  it("has its coins at once, and its digests when a replay from genesis confirmed them", async () => {
    const first = await firstCity();
    expect(await first.ports.snapshots.names()).toEqual([`9-${hashAt(9).slice(-8)}`]);
    const { segments, snapshots } = first.ports;
    const from = { snapshots, trust: undefined };
    // Nobody delivers what is below the snapshot.
    await using disk = await diskWith({ from, blocks: blocks.slice(9) });
    expect(disk.set.assumed).toBe(true);
    const second = await emptyCity();
    const seen: unknown[] = [];
    const chain = disk.prepared(second.city.coins);
    const state = await second.load({
      ...chain,
      below: { segments, height: 9 },
      async replay(...given) {
        const tip = await second.city.coins.tip();
        seen.push(tip?.height, second.ports.generations.notes.get(1)?.assumed);
        seen.push((await second.ports.segments.info(0))?.muhash);
        return chain.replay(...given);
      },
    });
    expect(state).toMatchObject({ state: "loaded", tip: { height: 14, floor: 14, gen: 1 } });
    // While it is replayed, it is in use, and no witness.
    expect(seen).toEqual([14, true, undefined]);
    expect(second.ports.generations.notes.get(1)).toMatchObject({ assumed: false });
    expect(await coinsOf(second.city)).toEqual(
      await coinsOf(await storesWith(blocks.slice(0, 14))),
    );
    for (const [index, height] of [4, 9, 14].entries()) {
      const { coins } = await storesWith(blocks.slice(0, height));
      const tip = await coins.tip();
      const counted = tip && toHashHex((await coins.totals(tip)).muhash);
      expect((await second.ports.segments.info(index))?.muhash, `segment ${index}`).toBe(counted);
    }
    expect((await second.ports.segments.info(1))?.muhash).toBe(first.muhash);
  });

  it("stays assumed, and says why, when a block of it does not stand", async () => {
    const first = await firstCity();
    const from = { snapshots: first.ports.snapshots, trust: undefined };
    await using disk = await diskWith({ from, blocks: blocks.slice(9) });
    const second = await emptyCity();
    const { segments } = first.ports;
    const chain = disk.prepared(second.city.coins);
    const loading = second.load({
      ...chain,
      below: { segments, height: 9 },
      replay: (set, source, signal) =>
        chain.replay(set, { ...source, segments: spoiltAt(source.segments) }, signal),
    });
    await expect(loading).rejects.toMatchObject({ code: "EXOS-E8134" });
    expect((await second.city.coins.tip())?.height).toBe(14);
    expect(second.ports.generations.notes.get(1)).toMatchObject({ assumed: true });
    expect((await second.ports.segments.info(1))?.muhash).toBeUndefined();
  });

  it("takes no broken segment, of which nothing stays", async () => {
    const first = await firstCity();
    const from = { snapshots: first.ports.snapshots, trust: undefined };
    await using disk = await diskWith({ from, blocks: blocks.slice(9) });
    const second = await emptyCity();
    const { segments } = first.ports;
    const chain = disk.prepared(second.city.coins);
    const broken = { ...chain, below: { segments: spoiltAt(segments), height: 9 } };
    await expect(second.load(broken)).rejects.toMatchObject({ code: "EXOS-E8107" });
    expect(await second.city.coins.tip()).toBeUndefined();
    await second.load({ ...chain, below: { segments, height: 9 } });
    expect((await second.city.coins.tip())?.height).toBe(14);
  });
});

async function* spoilt(): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(1, 2, 3);
}

/** The same segments, with a bit of the last transaction of each turned. */
function spoiltAt(segments: {
  read(index: number): Promise<AsyncIterable<Uint8Array> | undefined>;
}): typeof segments {
  return {
    async read(index) {
      const pieces = await segments.read(index);
      return pieces && lastByteTurned(pieces);
    },
  };
}

async function* lastByteTurned(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    const copy = piece.slice();
    const at = copy.length - 8;
    copy[at] = (copy[at] ?? 0) ^ 1;
    yield copy;
  }
}

describe("what a load begins with that is told of nothing", () => {
  const ownOf = ({ ports }: Awaited<ReturnType<typeof firstCity>>, over: Partial<OwnSets> = {}) =>
    ownBeginning({ ...ports, network: strict, segmentBlocks: SEGMENT, ...over });

  it("is the newest set that the city published and counted itself", async () => {
    const first = await firstCity();
    expect(await ownOf(first)).toMatchObject({ trust: first.muhash, judged: 9 });
    // What three cities vouch for would have to be confirmed; this was judged here.
    const folder = temporaryFolder();
    const from = { snapshots: first.ports.snapshots, trust: first.muhash };
    const own = { network: strict, log: createMemoryLog(), segmentBlocks: SEGMENT };
    await using disk = await composeDisk({ ...own, folder });
    await restoreSet(disk, from, own);
    expect(await disk.stores.coins.tip()).toMatchObject({ height: 9, floor: 9 });
  });

  it("is genesis where that set is damaged, which another city's is refused for", async () => {
    const first = await firstCity();
    const { snapshots } = first.ports;
    const [name = ""] = await snapshots.names();
    await snapshots.write(name, "coins-0.bin.zst", spoilt());
    const own = await ownOf(first);
    if (own === undefined) throw new RangeError("it published nothing");
    await using disk = await diskWith({ own: strict, from: own, blocks });
    expect(disk.set.assumed).toBe(false);
    const { judged: _, ...other } = own;
    const refused = diskWith({ own: strict, from: other, blocks });
    await expect(refused).rejects.toMatchObject({ code: "EXOS-E1013" });
  });

  it.each<[string, (city: Awaited<ReturnType<typeof firstCity>>) => Promise<Partial<OwnSets>>]>([
    [
      "of which it only assumes its coins",
      async ({ ports }) => {
        await ports.generations.noteLoaded(1, { assumed: true, digest: hashAt(1) });
        return {};
      },
    ],
    [
      "where it counted another set",
      async ({ ports }) => {
        const info = await ports.segments.info(1);
        if (info !== undefined) await ports.segments.declare(1, { ...info, muhash: hashAt(1) });
        return {};
      },
    ],
    ["where it counted none", async () => ({ segments: createMemorySegments() })],
    ["of another network", async () => ({ network: { ...strict, name: "another" } })],
    ["without a chain", async () => ({ coins: (await emptyCity()).ports.coins })],
    [
      "on another chain",
      async () => {
        const other = await storesWith(await mineOn(undefined, 12, 0x53), network);
        return { coins: other.coins };
      },
    ],
  ])("is nothing of a city %s", async (_, change) => {
    const first = await firstCity();
    expect(await ownOf(first, await change(first))).toBeUndefined();
  });
});

describe("trust in a snapshot", () => {
  const wrong = toHashHex(fromHashHex("ab".repeat(32) as HashHex));

  it("is asked for by name outside of development, and of no other set", async () => {
    const { ports, muhash } = await firstCity();
    const { snapshots } = ports;
    const asked = (trust: HashHex | undefined) =>
      diskWith({ own: strict, from: { snapshots, trust }, blocks: blocks.slice(9) });
    await expect(asked(undefined)).rejects.toMatchObject({ code: "EXOS-E8133" });
    await expect(asked(wrong)).rejects.toMatchObject({ code: "EXOS-E8133" });
    await using disk = await asked(muhash);
    expect(disk.set.assumed).toBe(true);
  });

  it("is a set that the network pins, and no other at that block, whoever vouches for it", async () => {
    const { ports, muhash } = await firstCity();
    const { snapshots } = ports;
    const pinned = (digest: HashHex): Network => {
      const pin = { height: height(9), hash: fromHashHex(hashAt(9)), muhash: fromHashHex(digest) };
      return { ...strict, consensus: { ...strict.consensus, pinnedSets: [pin] } };
    };
    const asked = (own: Network, trust?: HashHex) =>
      diskWith({ own, from: { snapshots, trust }, blocks: blocks.slice(9) });
    await using disk = await asked(pinned(muhash));
    expect(disk.set.assumed).toBe(true);
    for (const trust of [undefined, muhash]) {
      const refused = asked(pinned(wrong), trust);
      await expect(refused).rejects.toMatchObject({ code: "EXOS-E8133" });
      await expect(refused).rejects.toThrow(
        `pins the set hash ${wrong} at 9, and this is ${muhash}`,
      );
    }
  });

  it("is not needed where a chain is so young that its snapshot ends within a segment", async () => {
    const young = await preparedFrom(blocks.slice(0, 7));
    const { ports } = await emptyCity();
    await publishSet(young.folder, ports);
    const from = { snapshots: ports.snapshots, trust: undefined };
    await using disk = await diskWith({ from, blocks });
    expect(disk.set.assumed).toBe(false);
  });
});
