import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sweepBlocks } from "#services/cli/fleet/sweep-blocks.ts";
import { packSegments } from "#services/ingest/pack-segments.ts";
import { acceptBlock } from "#services/validate/accept-block.ts";
import { connectCandidates } from "#services/validate/connect.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { createLooseBlocks } from "#shared/adapters/aws/loose-blocks.ts";
import { createPackedBlocks } from "#shared/adapters/aws/packed-blocks.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { makeCityBucket } from "../../support/aws/city-bucket.ts";
import { makeCityTables } from "../../support/aws/city-tables.ts";
import { cityValidator } from "../../support/aws/city-validator.ts";
import { openDynamoEndpoint } from "../../support/aws/dynamo-endpoint.ts";
import { openFauxqsEndpoint } from "../../support/aws/fauxqs-endpoint.ts";
import { openPackingCity } from "../../support/aws/packing-city.ts";
import { type MinedBlock, mineChain } from "../../support/mine.ts";

const NOW = unixSeconds(1_900_000_000);
const SEGMENT_BLOCKS = 16;
/** Blocks on top of which a window of 64 begins, and with it four segments below. */
const BLOCKS = 73;
/** The same network, but for how deep a reorganisation may be. */
const NETWORK = { ...exosRegtest, consensus: { ...exosRegtest.consensus, reorgBlocksMax: 5 } };

const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());

/** A city that left a branch of two blocks, and packed what became final. */
async function openCity() {
  const tables = stack.use(await openDynamoEndpoint());
  const buckets = stack.use(await openFauxqsEndpoint());
  const [dynamo, s3] = [tables.client(), buckets.s3()];
  const names = await makeCityTables(dynamo, ["chain", "coins"]);
  const clients = { dynamo, s3, bucket: await makeCityBucket(s3) };
  const validator = cityValidator(NETWORK, NOW, { ...clients, tables: names });
  const mine = (from: MinedBlock | undefined, count: number, to: number) =>
    mineChain(from?.record ?? genesisRecord(NETWORK), count, {
      script: Uint8Array.of(to),
      network: NETWORK,
    });
  const follow = async (blocks: readonly MinedBlock[]) => {
    for (const { bytes } of blocks) await acceptBlock(bytes, validator);
    await connectCandidates(validator);
  };
  const trunk = await mine(undefined, 3, 0x51);
  const left = await mine(trunk.at(-1), 2, 0x52);
  const won = await mine(trunk.at(-1), BLOCKS - 3, 0x53);
  await follow([...trunk, ...left]);
  await follow(won.slice(0, 40));
  // Beside the chain, and not below the last segment yet.
  const late = await mine(won[48 - 4], 2, 0x54);
  await follow(won.slice(40, -1));
  // The window is cut by what the tip before this one had made final.
  await follow(won.slice(-1));
  for (const { record, bytes } of late) {
    await validator.headers.put(record);
    await validator.blocks.put(record.hash, bytes);
  }

  const chain = [...trunk, ...won];
  const records = [genesisRecord(NETWORK), ...chain.map(({ record }) => record)];
  const segments = { chain: records, base: 64, segmentBlocks: SEGMENT_BLOCKS };
  const packing = openPackingCity(
    { ...clients, table: names.chain },
    { ...segments, owner: "packer", now: NOW },
  );
  const { coins, clock } = validator;
  expect((await coins.tip())?.base).toBe(64);
  expect(await packSegments({ ...packing.deps, coins })).toBe(4);
  const { chain: table, objects, headers, blocks } = packing;
  const packed = createPackedBlocks({ chain: table, objects, segmentBlocks: SEGMENT_BLOCKS });
  const leases = createDynamoLeases(table);
  const loose = createLooseBlocks({ chain: table, packed });
  const deps = { coins, clock, leases, loose, segments: packing.segments };
  const slept: number[] = [];
  return {
    ...{ chain, left, late, headers, blocks, leases, validator, slept },
    deps: {
      ...deps,
      segmentBlocks: SEGMENT_BLOCKS,
      clock: { ...clock, now: () => NOW, sleep: async (ms: number) => void slept.push(ms) },
    },
    mineNext: () => mine(won.at(-1), 1, 0x55),
    /** What lies in the table of these blocks, by kind. */
    async lying(ofBlocks: readonly MinedBlock[]) {
      const wanted = new Set(ofBlocks.map(({ record }) => record.hash));
      const found: string[] = [];
      for await (const page of loose.pages()) {
        for (const { kind, hash } of page) if (wanted.has(hash)) found.push(kind);
      }
      return found.sort();
    },
  };
}

let city: Awaited<ReturnType<typeof openCity>>;
beforeAll(async () => {
  city = await openCity();
});

describe("the sweep of blocks outside of segments", () => {
  const none = { state: "swept", below: 48, dead: 0, copies: 0, deleted: 0 };

  it("leaves all while a load is under way", async () => {
    const ask = { owner: "task", now: NOW, seconds: 60 };
    const lease = await city.leases.take("load", ask);
    expect(await sweepBlocks(city.deps)).toEqual({ ...none, state: "loading", looked: 0 });
    if (lease !== undefined) await city.leases.release(lease);
  });

  it("deletes a branch that was left, bad blocks and bodies without a header, and nothing else", async () => {
    const { deps, chain, left, late, headers, blocks, validator } = city;
    const [first, second, third] = chain;
    if (first === undefined || second === undefined || third === undefined) throw new RangeError();
    // Somebody was late: a header, a body, and a fact about one, of packed blocks.
    await headers.put(first.record);
    await validator.blocks.put(second.record.hash, second.bytes);
    await headers.setApplied(third.record.hash, 0);
    const last = left.at(-1) ?? first;
    await headers.setRejected(last.record.hash, {
      ...{ code: "bad-cs-amount", stage: "full", effect: "invalid", detail: {} },
    });
    const four = ["body", "body", "header", "header"];
    expect(await city.lying(left)).toEqual(four);

    const looked = await sweepBlocks(deps, { dryRun: true });
    expect(looked).toMatchObject({ ...none, dead: 4, copies: 3 });
    expect(await city.lying(left)).toEqual(four);
    expect(await sweepBlocks(deps)).toEqual({ ...looked, deleted: 7 });
    expect(await city.lying([...left, first, second, third])).toEqual([]);
    expect(await city.lying(late)).toEqual(four);

    expect(new Set(city.slept)).toEqual(new Set([200]));
    // A body that was left by whoever was killed before its header.
    await validator.blocks.put(last.record.hash, last.bytes);
    expect(await sweepBlocks(deps)).toMatchObject({ ...none, dead: 1, deleted: 1 });
    expect(await sweepBlocks(deps)).toMatchObject(none);

    const hashes = chain.map(({ record }) => record.hash);
    const found = await headers.getMany(hashes);
    expect(found.map((header) => header?.record.hash)).toEqual(hashes);
    for (const { record, bytes } of chain) expect(await blocks.get(record.hash)).toEqual(bytes);
    // Loose are the blocks above the last segment alone, and the branch beside them.
    expect(await city.lying(chain.slice(0, 63))).toEqual([]);
    expect(new Set(city.slept)).toEqual(new Set([200, 60_000]));
  });

  it("leaves a body whose header comes while it is swept", async () => {
    const { deps, headers, validator } = city;
    const [next] = await city.mineNext();
    if (next === undefined) throw new RangeError("no block");
    await validator.blocks.put(next.record.hash, next.bytes);
    const sleep = async (ms: number) => {
      if (ms === 60_000) await headers.put(next.record, next.bytes.length);
    };
    expect(await sweepBlocks({ ...deps, clock: { ...deps.clock, sleep } })).toMatchObject(none);
    expect(await city.lying([next])).toEqual(["body", "header"]);
  });

  it("deletes nothing that is another by now", async () => {
    const { deps, left } = city;
    const [gone] = left;
    if (gone === undefined) throw new RangeError("no branch");
    await city.headers.put(gone.record);
    const loose = {
      ...deps.loose,
      async *pages() {
        for await (const page of deps.loose.pages()) {
          yield page.map((item) =>
            item.hash === gone.record.hash ? { ...item, height: (item.height ?? 0) - 1 } : item,
          );
        }
      },
    };
    expect(await sweepBlocks({ ...deps, loose })).toMatchObject({ ...none, dead: 1, deleted: 0 });
    expect(await city.lying([gone])).toEqual(["header"]);
    expect(await sweepBlocks(deps)).toMatchObject({ ...none, dead: 1, deleted: 1 });
  });

  it("finds nothing to do before a segment lies below another one", async () => {
    const segments = { info: async () => undefined };
    const { looked: _, ...nothing } = { ...none, looked: 0, state: "unpacked", below: 0 };
    expect(await sweepBlocks({ ...city.deps, segments })).toMatchObject(nothing);
  });
});
