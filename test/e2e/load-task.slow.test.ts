import { describe, expect, it } from "vitest";
import { fetchSnapshot } from "#shared/adapters/embedded/snapshot-files.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { openCityWorld } from "../support/aws/city-world.ts";
import { DYNAMO_TRAITS } from "../support/aws/dynamo-endpoint.ts";
import { startCityProcess } from "../support/city-process.ts";
import { mineOn } from "../support/load-rig.ts";
import { openPeerNode } from "../support/peer-node.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { importFile } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

const path = vectorsPath("exos-regtest/chain.dat");
/** Of the chain, one segment is final: the set is taken at its end, and the city goes on by itself. */
const [HEIGHT, END] = [1_640, 999];
/** Of a chain of so many blocks, so many are final. */
const [YOUNG, YOUNG_END] = [520, 20];

/** A node that serves a chain, and what it counted at a block of it. */
async function openPeer(file: string, { at, end }: { readonly at: number; readonly end: number }) {
  const peer = await openPeerNode(exosRegtest, temporaryFolder());
  await importFile(peer.node, file, { stopHeight: at });
  const tip = await peer.node.coins.tip();
  if (tip?.height !== at) throw new RangeError("no chain");
  const counted = await peer.node.coins.totals(tip);
  await importFile(peer.node, file, { stopHeight: end });
  await peer.ingest.tipMoved();
  const connect = `--connect=127.0.0.1:${peer.endpoint.port}`;
  return { counted, connect, [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() };
}

type World = Awaited<ReturnType<typeof openCityWorld>>;

/** Run the task on a disk of its own, to its end. */
async function load(world: World, ...words: string[]) {
  const environment = { ...world.environment, EXOS_DATADIR: temporaryFolder() };
  await using task = startCityProcess(["load", ...words], environment);
  const [line] = await task.says(/"msg":"(loaded|confirmed)"|"level":"error".*/);
  const text = await task.said();
  return { code: (await task.stop()).code, line, text };
}

/** Where there are no imports, each load tries one, whose number nobody gets again. */
const [BY, STEP] = DYNAMO_TRAITS.has.has("import-table") ? ["ImportTable", 1] : ["updates", 2];

describe.skipIf(path === undefined)(
  "the loading task of a city, as a process",
  { timeout: 900_000 },
  () => {
    it("loads from genesis, and from what it published itself", async () => {
      await using world = await openCityWorld(exosRegtest);
      await using peer = await openPeer(path ?? "", { at: END, end: HEIGHT });

      const first = await load(world, peer.connect);
      expect([first.code, first.line]).toEqual([0, '"msg":"loaded"']);
      expect(first.text).toContain(`"by":"${BY}"`);
      // Where no table is made at once, its follower does it.
      expect(first.text).toContain(BY === "ImportTable" ? "index filled" : "EXOS-E1009");
      const tip = await world.coins.tip();
      expect(tip).toMatchObject({ gen: STEP, floor: END, final: END, height: END });
      if (tip === undefined) throw new RangeError("no tip");
      // The digest that the tip carries is that of the coins that a replay counts at this block.
      expect(await world.coins.totals(tip)).toEqual(peer.counted);
      // So does the segment that ends there, and what is published for others.
      const muhash = toHashHex(peer.counted.muhash);
      expect((await world.segments.info(0))?.muhash).toBe(muhash);
      expect(await world.snapshots.names()).toEqual([`${END}-${tip.hash.slice(-8)}`]);
      const wish = { network: exosRegtest };
      const fetched = await fetchSnapshot(world.snapshots, wish, temporaryFolder());
      expect(fetched).toMatchObject({ ok: true, value: { muhash } });

      // Once a year: the garbage of the table stays behind.
      const bucket = `--from=${world.environment.EXOS_BUCKET_CHAIN}`;
      const second = await load(world, peer.connect, bucket);
      expect([second.code, second.line]).toEqual([0, '"msg":"loaded"']);
      for (const said of ["snapshot taken", "snapshot confirmed"]) {
        expect(second.text).toContain(`"msg":"${said}"`);
      }
      expect(await world.coins.tip()).toMatchObject({ gen: 2 * STEP, floor: END, hash: tip.hash });
      expect(await world.generations.get(2 * STEP)).toMatchObject({
        state: "loaded",
        assumed: false,
      });
      expect(await world.generations.get(STEP)).toMatchObject({ state: "old" });

      // A replay that was killed, as another task takes it up.
      await world.generations.noteLoaded(2 * STEP, { assumed: true, digest: muhash });
      const replay = await load(world, "--replay");
      expect([replay.code, replay.text]).toEqual([0, expect.stringContaining('"msg":"confirmed"')]);
      expect(await world.generations.get(2 * STEP)).toMatchObject({ assumed: false });

      // What the city published and counted itself needs neither a name nor a replay.
      const third = await load(world, peer.connect);
      expect([third.code, third.line]).toEqual([0, '"msg":"loaded"']);
      expect(third.text).toContain('"msg":"snapshot taken"');
      expect(third.text).not.toContain("confirmed");
      expect(await world.coins.tip()).toMatchObject({ gen: 3 * STEP, floor: END, hash: tip.hash });
      expect(await world.generations.get(3 * STEP)).toMatchObject({ assumed: false });
    });
  },
);

/** A node with a chain of its own. */
async function openYoungPeer(paysTo: number) {
  const peer = await openPeerNode(exosRegtest, temporaryFolder());
  const blocks = await mineOn(undefined, YOUNG, paysTo);
  for (const { bytes } of blocks) await peer.node.validator.accept(bytes);
  await peer.node.validator.connect();
  await peer.ingest.tipMoved();
  const connect = `--connect=127.0.0.1:${peer.endpoint.port}`;
  const end = blocks[YOUNG_END - 1]?.record.hash;
  return { connect, end, [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() };
}

describe("a city on another chain than its peers", { timeout: 900_000 }, () => {
  it("is left as it is by a load, and forgets its chain when it is told to", async () => {
    await using world = await openCityWorld(exosRegtest);
    await using first = await openYoungPeer(0x51);
    await using second = await openYoungPeer(0x52);
    expect((await load(world, first.connect)).code).toBe(0);
    const before = await world.coins.tip();
    expect(before).toMatchObject({ gen: STEP, hash: first.end, height: YOUNG_END });
    if (before === undefined) throw new RangeError("no tip");
    const refused = await load(world, second.connect);
    expect([refused.code, refused.line]).toEqual([1, expect.stringContaining("EXOS-E8131")]);
    expect(await world.coins.tip()).toEqual(before);
    const told = await load(world, second.connect, "--refill");
    expect([told.code, told.line]).toEqual([0, '"msg":"loaded"']);
    const after = await world.coins.tip();
    // Whoever holds the tip before sees that this one is newer.
    expect(after).toMatchObject({
      rev: before.rev + 1,
      gen: 3 * STEP,
      hash: second.end,
      height: YOUNG_END,
    });
    expect((await world.generations.get(STEP))?.state).toBe("old");
  });
});
