import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PORT_CALLS, type PortCall, type Request, requestsOfCall } from "#infra/grants.ts";
import { packSegments } from "#services/ingest/pack-segments.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { createSnsTopic } from "#shared/adapters/aws/sns-topic.ts";
import { createSqsWorkQueue } from "#shared/adapters/aws/sqs-work-queue.ts";
import { marksOf } from "#shared/coins/marks-of.ts";
import { genesisTip } from "#shared/coins/tip.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { Block } from "#shared/primitives/block.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { pooled, txidOf } from "../ports/pool.contract.ts";
import { bodyOf, EMPTY_TOTALS, openPackingCity, recordChain } from "../support/aws/packing-city.ts";
import type { RequestRecord } from "../support/aws/record-requests.ts";
import { openRecordedCity, type RecordedCity } from "../support/aws/recorded-city.ts";
import { growBlock, TO_C } from "../support/block-tree.ts";
import { allows, type PolicyRequest, type PolicyRule } from "../support/policy-matcher.ts";

const NOW = unixSeconds(1_600_000_000);
const outpoint = { txid: new Uint8Array(32) as never, index: 0 };

/**
 * Calls whose requests no endpoint in this process answers, or whose callers have their own tests:
 * what is granted for them is held by the canned answers of those tests.
 */
const CANNED: readonly PortCall[] = [
  "announce.take",
  "chain.refill",
  "coins.scan",
  "generations.load",
  "generations.set",
  "hints.announce",
  "hints.connect",
  "hints.transaction",
  "index.fold",
  "queues.depth",
  "secrets.edge",
  "seed.set",
  "signer.ask",
  "signer.sign",
  "snapshots.fetch",
  "snapshots.write",
  "task.see",
  "vector.write",
];

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
  await DRIVERS["blocks.pack"]?.();
  packed = city.records.splice(0);
}, 300_000);
afterAll(() => city[Symbol.asyncDispose]());

const leaf = () => ({ work: 1n << 60n, hash: first.record.hash });
const marks = () => marksOf(first.block, first.record, city.chain.network.consensus);
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

/** Calls that another one makes on its way, whose requests are theirs. */
const ON_THE_WAY: Readonly<Partial<Record<PortCall, readonly PortCall[]>>> = {
  "blocks.pack": ["leases.hold", "headers.get", "blocks.get"],
  "index.write": ["index.read"],
};

/** How each call is made, by the adapter that a city has for it. */
const DRIVERS: Readonly<Partial<Record<PortCall, () => Promise<unknown>>>> = {
  "coins.tip": () => city.stores.coins.tip(),
  "coins.frozen": () => city.stores.coins.frozen(7),
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
  "headers.get": async () => {
    const { headers } = packing(1);
    await headers.get(FINAL.hash);
    await headers.getMany([FINAL.hash]);
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
    const { blocks } = packing(2);
    await blocks.get(LOOSE.hash);
    await blocks.get(FINAL.hash);
  },
  "blocks.pack": async () => {
    const { deps, blocks, headers } = packing(0);
    for (const record of OLD) {
      await blocks.put(record.hash, bodyOf(record));
      await headers.put(record);
      await headers.setBodySize(record.hash, bodyOf(record).length);
      await headers.setApplied(record.hash, 0, EMPTY_TOTALS.encode());
    }
    city.records.length = 0;
    await packSegments(deps);
  },
  "blocks.drop": async () => {
    await city.stores.blocks.drop(txidOf(1), Uint8Array.of(1));
    await city.stores.blocks.drop(txidOf(2), large());
  },
  "leases.hold": async () => {
    const leases = createDynamoLeases(city.stores.chain);
    const lease = await leases.take("pack", { owner: "a", now: NOW, seconds: 60 });
    if (lease !== undefined) await leases.release(lease);
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
  "pool.keepRaw": () => city.raw.put(txidOf(1), Uint8Array.of(1)),
  "pool.write": async () => {
    const transaction = pooled(1, [outpoint]);
    await city.pool.claim({ outpoint, txid: transaction.txid, at: NOW });
    await city.pool.put(transaction);
    await city.pool.setSummary(0, { feeRate: 0n, feeTime: NOW, sinking: false });
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
    await city.raw.get(txidOf(1));
  },
  "index.write": () => city.index.add([GENESIS, ONE]),
  "index.read": async () => {
    await city.index.add([GENESIS, ONE]);
    await city.index.follow(ONE.hash);
    city.records.length = 0;
    await city.index.blockRow(ONE.hash);
    await city.index.outputs([outpoint]);
    await city.index.totals(TO_C);
  },
  "hints.block": () =>
    createSqsWorkQueue<object>({ client: city.clients.sqs, queueUrl: city.blocksUrl }).send({}),
  "follow.publish": () =>
    createSnsTopic<object>({ client: city.clients.sns, topicArn: city.topicArn }).send({}),
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

/** Each action of a request on each resource and with each key, as a rule of its own. */
function rulesOf({ actions, on, only }: Request): PolicyRule[] {
  const keys = only?.values(city.names, {}) ?? [undefined];
  return actions.flatMap((action) =>
    on(city.names, {}).flatMap((resource) =>
      keys.map((key) => ({
        effect: "Allow" as const,
        actions: [action],
        resources: [resource],
        conditions:
          key === undefined || only === undefined
            ? []
            : [{ operator: "ForAllValues:StringLike", key: only.key, values: [key] }],
      })),
    ),
  );
}

/** S3 asks for it by itself, to tell an object that is absent from one that is forbidden. */
const isImplied = ({ actions }: PolicyRule) => actions.includes("s3:ListBucket");

describe("what is granted for a call of a port is what the call asks for", () => {
  it("by a list that leaves out no call", () => {
    expect([...Object.keys(DRIVERS), ...CANNED].sort()).toEqual([...PORT_CALLS].sort());
    process.stdout.write(
      `port calls: ${Object.keys(DRIVERS).length} observed, ${CANNED.length} canned\n`,
    );
  });

  it.each(Object.entries(DRIVERS))("%s", async (name, drive) => {
    city.records.length = 0;
    if (name === "blocks.pack") city.records.push(...packed);
    else await drive();
    const asked = city.records.map(judged);
    // It is a key of the list above.
    const call = name as PortCall;
    const rules = requestsOfCall(call).flatMap(rulesOf);
    const others = (ON_THE_WAY[call] ?? []).flatMap(requestsOfCall).flatMap(rulesOf);
    expect(asked.length).toBeGreaterThan(0);
    const refused = asked.filter((request) => !allows([...rules, ...others], request));
    expect(refused.map(({ action, resource, context }) => ({ action, resource, context }))).toEqual(
      [],
    );
    const unused = rules.filter(
      (rule) => !isImplied(rule) && !asked.some((request) => allows([rule], request)),
    );
    expect(
      unused.map(({ actions, resources, conditions }) => ({ actions, resources, conditions })),
    ).toEqual([]);
  });
});
