import { afterAll, beforeAll, expect } from "vitest";
import { IDLE_USAGE } from "#infra/usage.ts";
import { followTip } from "#services/index/core.ts";
import { rememberTip } from "#services/index/remember-tip.ts";
import { checkBlock } from "#services/validate/check-block.ts";
import { connectHinted } from "#services/validate/connect-hinted.ts";
import { JUDGE_EVERYTHING } from "#services/validate/deps.ts";
import { followWithPool } from "#services/validate/follow-with-pool.ts";
import { storeBlock } from "#services/validate/store-block.ts";
import { createDynamoBlockTries } from "#shared/adapters/aws/dynamo-block-tries.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { createDynamoPool } from "#shared/adapters/aws/dynamo-pool.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { openAddressIndex } from "#shared/adapters/aws/open-address-index.ts";
import { openChainStores } from "#shared/adapters/aws/open-chain-stores.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { marksOf } from "#shared/coins/marks-of.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import type { Tip } from "#shared/coins/tip.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { defaultPolicy } from "#shared/consensus/policy/pool-policy.ts";
import type { AddressIndexWriter } from "#shared/ports/address-index.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { makeCityBucket } from "../support/aws/city-bucket.ts";
import { makeCityTables } from "../support/aws/city-tables.ts";
import {
  DYNAMO_TRAITS,
  type DynamoEndpoint,
  openDynamoEndpoint,
} from "../support/aws/dynamo-endpoint.ts";
import { type FauxqsEndpoint, openFauxqsEndpoint } from "../support/aws/fauxqs-endpoint.ts";
import { lintRequests } from "../support/aws/lint-requests.ts";
import { type RequestRecord, recordRequests } from "../support/aws/record-requests.ts";
import { sumUnits, unitsByKind } from "../support/aws/request-meter.ts";
import { memoryValidator } from "../support/memory-validator.ts";
import { RichChain } from "../support/rich-chain.ts";
import { contractOn } from "./contract-cases.ts";

/** What a near-empty block may write in all, its index included. @source cloud.md 3.4, 16 row 4 */
const WRITES_MAX = 38;
/** What the model of use may be off by, in either direction, before it is to be corrected. */
const OFF_MAX = 0.1;
/** Half way between two spills: a window is 500 to 563 blocks long. */
const WINDOW_BLOCKS = 532;
const FINAL_BLOCKS = 500;

let tables: DynamoEndpoint;
let objects: FauxqsEndpoint;
beforeAll(async () => {
  tables = await openDynamoEndpoint();
  objects = await openFauxqsEndpoint();
});
afterAll(async () => {
  await tables[Symbol.asyncDispose]();
  await objects[Symbol.asyncDispose]();
});

const records: RequestRecord[] = [];
const print = (line: string) => process.stdout.write(`${line}\n`);

/** A chain with a whole window, and the block that a staker puts on it. */
function longChain(): {
  readonly chain: RichChain;
  readonly staked: ReturnType<RichChain["stake"]>;
} {
  const chain = new RichChain();
  while (chain.tip.height < 64 + WINDOW_BLOCKS - 1) chain.append(chain.work());
  return { chain, staked: chain.stake() };
}

/** The tip of a chain as a city holds it, whose totals are anything of their size. */
function tipOf({ records: headers, tip }: RichChain): Tip {
  const base = tip.height + 1 - WINDOW_BLOCKS;
  return {
    rev: 1,
    gen: 0,
    floor: height(0),
    height: tip.height,
    hash: tip.hash,
    work: tip.work,
    final: height(tip.height - FINAL_BLOCKS),
    base: height(base),
    win: headers.slice(base).map(({ hash }) => hash),
    mu: RunningTotals.empty("exos").encode(),
  };
}

/** A city on that chain, as far as its next block asks for it; whose requests are recorded. */
async function openCity(chain: RichChain) {
  const names = await makeCityTables(tables.client());
  const bucket = await makeCityBucket(objects.s3());
  const dynamo = tables.client();
  const network = exosRegtest;
  const {
    headers: _h,
    blocks: _b,
    coins: _c,
    ...base
  } = memoryValidator(network, unixSeconds(chain.now));
  const env = {
    EXOS_TABLE_CHAIN: names.chain,
    EXOS_TABLE_COINS: names.coins,
    EXOS_BUCKET_CHAIN: bucket,
  };
  const entropy = createSystemEntropy();
  const clients = { dynamo, s3: objects.s3() };
  const stores = openChainStores(env, { clients, network, clock: base.clock, entropy });
  for (const record of chain.records.slice(-WINDOW_BLOCKS)) {
    if (record.height % 64 === 0 || record.hash === chain.tip.hash)
      await stores.headers.put(record);
  }
  const [, premine] = chain.blocks;
  const place = chain.records[2];
  if (premine === undefined || place === undefined) throw new RangeError("no premine");
  await stores.coins.apply(0, marksOf(premine, place, network.consensus));
  const tip = tipOf(chain);
  await stores.headers.setBodySize(tip.hash, 500);
  await stores.coins.commit(0, {
    tip,
    frozen: [{ group: 0, hashes: chain.records.slice(0, 64).map(({ hash }) => hash) }],
  });
  const { hash } = tip;
  await stores.cursors.set("mempool", { rev: 1, height: tip.height, hash, generation: 0 });
  const pool = createDynamoTable({ client: dynamo, table: names.pool });
  const { wire } = network.consensus;
  const { asked, told } = rememberTip(stores.coins);
  const index = openAddressIndex(names.index, {
    ...stores,
    coins: told,
    dynamo,
    wire,
    clock: base.clock,
  });
  await beginIndex(index, chain.tip);
  recordRequests(dynamo, records);
  const silent = { send: async () => undefined };
  return {
    deps: {
      ...base,
      ...stores,
      policy: JUDGE_EVERYTHING,
      announce: silent,
      shared: {
        tries: createDynamoBlockTries(stores.chain),
        leases: createDynamoLeases(stores.chain),
        heartbeats: stores.heartbeats,
        notice: stores.notice,
        announce: silent,
      },
    },
    pool: {
      ...base,
      ...stores,
      entropy,
      pool: createDynamoPool({ table: pool }),
      policy: defaultPolicy(network),
      accepted: silent,
    },
    index: { ...stores, coins: asked, index },
  };
}

/** An index that knows the chain to its tip, as far as the next block asks for it. */
async function beginIndex(index: AddressIndexWriter, { header, height: at, hash }: HeaderRecord) {
  const none = { inputs: 0, outputs: 0, transactionsSum: 0, coinsSum: 0 };
  await index.begin({
    ...{ ...none, height: at, hash, time: header.time, proofKind: "work", transactions: 1 },
    ...{ size: 0, fees: amount(0n), reward: amount(0n), makerScript: new Uint8Array(0) },
    ...{ supply: amount(0n), unspendableSum: amount(0n) },
  });
  await index.follow(hash);
}

/** Each step that a near-empty block takes in a city, from its arrival to its index. */
async function followBlock(): Promise<{ readonly writes: number; readonly reads: number }> {
  const { chain, staked } = longChain();
  const { deps, pool, index } = await openCity(chain);
  const hash = toHashHex(staked.hash);
  const bytes = encodeBlock(staked, exosRegtest.consensus.wire);
  records.length = 0;
  const steps: Readonly<Record<string, () => Promise<unknown>>> = {
    ingest: async () =>
      expect(await storeBlock(bytes, deps)).toMatchObject({ state: "accepted", heavier: true }),
    check: () => checkBlock(hash, {}, deps),
    connect: () => connectHinted({ attempt: 1, deadlineMs: Number.POSITIVE_INFINITY }, deps),
    "mempool.follow": () => followWithPool(pool),
    "index.follow": () => followTip(index),
    // The peer process hears of the tip, and reads it.
    announce: () => deps.coins.tip(),
  };
  for (const [name, step] of Object.entries(steps)) {
    const from = records.length;
    await step();
    const own = records.slice(from);
    const { writes, reads, requests } = sumUnits(own);
    print(`${name.padEnd(15)} ${writes} WRU ${reads} RRU in ${requests} requests`);
    for (const [kind, units] of [...unitsByKind(own)].sort()) {
      print(`  ${kind.padEnd(24)} ${units.writes} WRU ${units.reads} RRU in ${units.requests}`);
    }
  }
  const { writes, reads, requests } = sumUnits(records);
  expect((await deps.coins.tip())?.hash).toBe(hash);
  print(`near-empty block: ${writes} of ${WRITES_MAX} WRU; ${reads} RRU, ${requests} requests`);
  expect(lintRequests(records, "connect")).toEqual([]);
  return { writes, reads };
}

contractOn("units of a near-empty block", DYNAMO_TRAITS, ({ it, needing }) => {
  let followed: ReturnType<typeof followBlock> | undefined;
  /** Once for both: it is the same block, and takes a second. */
  const units = () => {
    followed ??= followBlock();
    return followed;
  };

  it(`are at most ${WRITES_MAX} written, from its arrival to its index`, async () => {
    expect((await units()).writes).toBeLessThanOrEqual(WRITES_MAX);
  });

  needing("capacity")("are those that a city is said to cost", async () => {
    const { writes, reads } = await units();
    const { writesPerBlock, readsPerBlock } = IDLE_USAGE.dynamo;
    print(`the model of use says ${writesPerBlock} WRU and ${readsPerBlock} RRU`);
    expect(Math.abs(writesPerBlock - writes)).toBeLessThanOrEqual(OFF_MAX * writes);
    expect(Math.abs(readsPerBlock - reads)).toBeLessThanOrEqual(OFF_MAX * reads);
  });
});
