import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PORT_CALLS, type PortCall } from "#infra/port-calls.ts";
import { packSegments } from "#services/ingest/pack-segments.ts";
import { takeStreamSlot } from "#services/rpc/events/stream-slot.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { FOLD_ABOVE } from "#shared/adapters/aws/owner-summary.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { createS3RichList } from "#shared/adapters/aws/s3-rich-list.ts";
import { createSnsOperators } from "#shared/adapters/aws/sns-operators.ts";
import { createSnsTopic } from "#shared/adapters/aws/sns-topic.ts";
import { createSqsWorkQueue } from "#shared/adapters/aws/sqs-work-queue.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { marksOf } from "#shared/coins/marks-of.ts";
import { genesisTip } from "#shared/coins/tip.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { NO_POOL } from "#shared/ports/pool.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Block } from "#shared/primitives/block.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { pooled, txidOf } from "../ports/pool.contract.ts";
import { bodyOf, EMPTY_TOTALS, openPackingCity, recordChain } from "../support/aws/packing-city.ts";
import type { RequestRecord } from "../support/aws/record-requests.ts";
import { openRecordedCity, type RecordedCity } from "../support/aws/recorded-city.ts";
import { growBlock, TO_C } from "../support/block-tree.ts";
import { compareCall } from "../support/compare-call.ts";
import type { PolicyRequest } from "../support/policy-matcher.ts";
import { CANNED_CALLS, TRACED_CALLS } from "../support/traced-calls.ts";

const NOW = unixSeconds(1_600_000_000);
const outpoint = { txid: new Uint8Array(32) as never, index: 0 };

let city: RecordedCity;
let first: { readonly block: Block; readonly record: HeaderRecord };
let genesis: HeaderRecord;
/** What packing asked for; it can be done once only. */
let packed: readonly RequestRecord[];

beforeAll(async () => {
  city = await openRecordedCity();
  const [zero, one] = city.chain.records;
  const [block] = city.chain.blocks;
  if (zero === undefined || one === undefined || block === undefined) throw new RangeError("none");
  genesis = zero;
  first = { block, record: one };
  await city.stores.headers.put(genesis);
  await city.stores.headers.put(first.record);
  await city.stores.coins.commit(0, genesisTip(genesis));
  // What is read from segments needs one.
  await pack();
  packed = city.records.splice(0);
});
afterAll(() => city[Symbol.asyncDispose]());

const leaf = () => ({ work: 1n << 60n, hash: first.record.hash });
const marks = () => marksOf(first.block, first.record, city.chain.network.consensus);
/** The smallest part that S3 takes. */
const PART_BYTES = 5 * 1_048_576;
const large = () => new Uint8Array(9_000).fill(7);

/** A chain whose first ten blocks are final: they are packed, the others stay loose. */
const OLD = recordChain(15);
const [FINAL, LOOSE] = [OLD[3], OLD[13]] as [HeaderRecord, HeaderRecord];

/** A process that packs, with the city's own clients. */
const packing = (process: number) =>
  openPackingCity(
    {
      table: city.names.tables.chain,
      bucket: city.names.buckets.chain,
      dynamo: city.clients.dynamo,
      s3: city.clients.s3,
    },
    { chain: OLD, base: 12, segmentBlocks: 10, owner: `process ${process}`, now: NOW },
  );

const GENESIS = growBlock(undefined, 0, [{ spends: [], pays: [[7n, TO_C]] }]);
const ONE = growBlock(GENESIS, 1, [{ spends: [], pays: [[50n, TO_C]] }]);

const PACKING: readonly PortCall[] = [
  "leases.hold",
  "headers.get",
  "headers.list",
  "blocks.get",
  "segments.read",
  "segments.write",
  "segments.release",
];

/** Calls that another one makes on its way, whose requests are theirs. */
const ON_THE_WAY: Readonly<Partial<Record<PortCall, readonly PortCall[]>>> = {
  // What is not there as an item is looked for in segments.
  "headers.list": ["segments.read"],
  "segments.read": ["headers.get", "headers.list", "blocks.get"],
  "segments.write": PACKING,
  "segments.release": PACKING,
  "index.get": ["index.list"],
  "index.list": ["index.get"],
  "index.write": ["index.get", "index.list"],
  "index.fold": ["index.get", "index.list"],
  "pool.get": ["pool.read"],
  "pool.read": ["pool.get"],
};

const richList = () =>
  createS3RichList(createS3Objects({ client: city.clients.s3, bucket: city.names.buckets.chain }));

/** Pack a segment, as a process that begins now. What it asked for is noted once for all. */
async function pack(): Promise<void> {
  const { deps, blocks, headers } = packing(0);
  for (const record of OLD) {
    await blocks.put(record.hash, bodyOf(record));
    await headers.put(record);
    await headers.setBodySize(record.hash, bodyOf(record).length);
    await headers.setApplied(record.hash, 0, EMPTY_TOTALS.encode());
  }
  city.records.length = 0;
  await packSegments(deps);
}

/** A segment of which not all could be read: its parts are given up. */
async function failToWrite(): Promise<void> {
  const { clients, names } = city;
  const objects = createS3Objects({
    client: clients.s3,
    bucket: names.buckets.chain,
    partBytes: PART_BYTES,
  });
  async function* pieces() {
    yield new Uint8Array(PART_BYTES);
    yield new Uint8Array(PART_BYTES);
    throw new StoreFault("the disk is gone", { retryable: false });
  }
  const writing = objects.writeIfAbsent("segments/000009.seg", pieces());
  await expect(writing).rejects.toThrow("the disk is gone");
}

async function readIndex(): Promise<void> {
  await city.index.add([GENESIS, ONE]);
  await city.index.follow(ONE.hash);
  city.records.length = 0;
  await city.index.blockRow(ONE.hash);
  await city.index.outputs([outpoint]);
  await city.index.totals(TO_C);
}

/** An owner with more entries than a reader adds up each time, all of them final. */
async function foldIndex(): Promise<void> {
  const payments = Array.from({ length: FOLD_ABOVE + 1 }, (_, at) => ({
    spends: [],
    pays: [[BigInt(at + 1), TO_C]] as [bigint, Uint8Array][],
  }));
  const two = growBlock(ONE, 2, payments);
  await city.index.add([GENESIS, ONE, two]);
  await city.index.follow(two.hash);
  await city.index.commit(two.hash, two.height);
  city.records.length = 0;
  await city.index.totals(TO_C);
}

/** How each call is made, by the adapter that a city has for it. */
const DRIVERS: Readonly<Partial<Record<PortCall, () => Promise<unknown>>>> = {
  "coins.tip": () => city.stores.coins.tip(),
  "coins.frozen": () => city.stores.coins.frozen(7),
  "coins.frozenGroups": () => Promise.all([7, 8].map((group) => city.stores.coins.frozen(group))),
  "coins.read": () =>
    city.stores.coins.read(
      0,
      marks().map(({ key }) => key),
    ),
  "coins.apply": () => city.stores.coins.apply(0, marks()),
  "coins.commit": async () => {
    const { tip } = genesisTip(genesis);
    const frozen = [{ group: 0, hashes: Array(64).fill(genesis.hash) }];
    await city.stores.coins.commit(1, { tip: { ...tip, rev: 2 }, frozen });
    await city.stores.notice.put({ ...tip, rev: 2 });
  },
  "coins.now": () => city.stores.notice.put(genesisTip(genesis).tip),
  "headers.get": () => city.stores.headers.get(first.record.hash),
  "headers.list": () => packing(1).headers.getMany([LOOSE.hash]),
  "segments.read": async () => {
    const { headers, blocks } = packing(1);
    await headers.get(FINAL.hash);
    await blocks.get(FINAL.hash);
  },
  "headers.set": () => city.stores.headers.setChecked(first.record.hash),
  "headers.addCandidate": () => city.stores.headers.addCandidate(leaf()),
  "headers.candidates": () => city.stores.headers.candidates(0n, 8),
  "headers.dropCandidate": async () => {
    await city.stores.headers.addCandidate({
      work: first.record.work,
      hash: first.record.hash,
    });
    city.records.length = 0;
    await city.stores.headers.dropCandidate(first.record.hash);
  },
  "blocks.put": async () => {
    await city.stores.blocks.put(txidOf(1), Uint8Array.of(1));
    await city.stores.blocks.put(txidOf(2), large());
  },
  "blocks.get": async () => {
    await city.stores.blocks.put(txidOf(2), large());
    city.records.length = 0;
    await city.stores.blocks.get(txidOf(2));
  },
  "segments.write": async () => {
    await failToWrite();
    city.records.push(...packed);
  },
  "segments.release": async () => void city.records.push(...packed),
  "blocks.drop": async () => {
    await city.stores.blocks.drop(txidOf(1), Uint8Array.of(1));
    await city.stores.blocks.drop(txidOf(2), large());
  },
  "leases.hold": async () => {
    const leases = createDynamoLeases(city.stores.chain);
    const lease = await leases.take("pack", { owner: "a", now: NOW, seconds: 60 });
    if (lease !== undefined) await leases.release(lease);
  },
  "streams.hold": async () => {
    const leases = createDynamoLeases(city.stores.chain);
    const [clock, entropy] = [createManualClock(NOW), createSystemEntropy()];
    await (await takeStreamSlot({ leases, clock, entropy }))?.release();
  },
  "cursors.get": () => city.stores.cursors.get("index"),
  "cursors.set": () =>
    city.stores.cursors.set("mempool", {
      height: genesis.height,
      hash: genesis.hash,
      rev: 1,
      generation: 0,
    }),
  "heartbeats.get": () => city.stores.heartbeats.all(),
  "heartbeats.set": () => city.stores.heartbeats.beat({ service: "load", at: NOW }),
  "addresses.keep": async () => {
    for (const name of ["peers", "bans"]) {
      await city.savedState(name).read();
      await city.savedState(name).write({});
    }
  },
  "richList.read": () => richList().richest(1),
  "richList.write": () => {
    const { height, hash } = first.record;
    return richList().write({ at: { height, hash }, holders: [] });
  },
  "pool.keepRaw": () => city.raw.put(txidOf(1), Uint8Array.of(1)),
  "pool.write": async () => {
    const transaction = pooled(1, [outpoint]);
    await city.pool.claim({ outpoint, txid: transaction.txid, at: NOW });
    await city.pool.put(transaction);
    await city.pool.setSummary(0, NO_POOL);
    await city.pool.remove(transaction.txid);
    await city.pool.release(outpoint, transaction.txid);
  },
  "pool.read": async () => {
    const transaction = pooled(3, [outpoint]);
    await city.pool.claim({ outpoint, txid: transaction.txid, at: NOW });
    await city.pool.put(transaction);
    city.records.length = 0;
    await city.pool.get(transaction.txid);
    await city.pool.all();
  },
  "pool.get": async () => {
    await city.raw.get(txidOf(1));
    await city.pool.summary();
  },
  "index.write": () => city.index.add([GENESIS, ONE]),
  "index.get": () => readIndex(),
  "index.list": () => readIndex(),
  "index.fold": foldIndex,
  "hints.block": () =>
    createSqsWorkQueue<object>({ client: city.clients.sqs, queueUrl: city.blocksUrl }).send({}),
  "follow.publish": () =>
    createSnsTopic<object>({ client: city.clients.sns, topicArn: city.topics.follow }).send({}),
  "operators.tell": () =>
    createSnsOperators({
      client: city.clients.sns,
      topicArn: city.topics.alarms,
      city: "loc",
    }).tell({
      ...{ code: undefined, title: "all is well", facts: {}, todo: "Nothing." },
    }),
};

/** A request that was sent, as IAM would judge it. */
function judged({ service, action, resource, leadingKeys }: RequestRecord): PolicyRequest {
  const name = `${service}:${action}`;
  const { region, account } = city.names;
  if (service === "dynamodb") {
    return {
      action: name,
      resource: `arn:aws:dynamodb:${region}:${account}:table/${resource}`,
      context: { "dynamodb:LeadingKeys": leadingKeys },
    };
  }
  if (service === "s3") {
    const key = action === "ListBucket" ? "" : `/${leadingKeys[0]}`;
    return { action: name, resource: `arn:aws:s3:::${resource}${key}` };
  }
  if (service === "sqs") {
    const queue = resource.split("/").at(-1);
    return { action: name, resource: `arn:aws:sqs:${region}:${account}:${queue}` };
  }
  return {
    action: name,
    resource: `arn:aws:sns:${region}:${account}:${resource.split(":").at(-1)}`,
  };
}

describe("what is granted for a call of a port is what the call asks for", () => {
  it("by lists that leave out no call, here and where answers are canned", () => {
    expect([...Object.keys(DRIVERS), ...TRACED_CALLS].sort()).toEqual([...PORT_CALLS].sort());
    const [here, there] = [Object.keys(DRIVERS).length, TRACED_CALLS.length];
    process.stdout.write(
      `port calls: ${here + there} observed, of them with canned answers ${CANNED_CALLS.join(", ")}\n`,
    );
  });

  it.each(Object.entries(DRIVERS))("%s", async (name, drive) => {
    city.records.length = 0;
    await drive();
    // It is a key of the list above.
    const call = name as PortCall;
    const others = ON_THE_WAY[call] ?? [];
    const compared = compareCall(call, { asked: city.records.map(judged), others, ...city });
    expect(compared).toEqual({ refused: [], unused: [] });
  });
});
