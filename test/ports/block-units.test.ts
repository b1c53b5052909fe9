import { afterAll, beforeAll, expect } from "vitest";
import { IDLE_USAGE } from "#infra/usage.ts";
import { followTip } from "#services/index/core.ts";
import { rememberCursor } from "#services/index/remember-cursor.ts";
import { rememberTip } from "#services/index/remember-tip.ts";
import { createHeldTip } from "#services/ingest/city/held-tip.ts";
import { holdTip } from "#services/rpc/city/hold-tip.ts";
import { holdTipHeader } from "#services/rpc/city/hold-tip-header.ts";
import { openChain } from "#services/rpc/views/chain.ts";
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
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { defaultPolicy } from "#shared/consensus/policy/pool-policy.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { makeCityBucket } from "../support/aws/city-bucket.ts";
import { makeCityTables } from "../support/aws/city-tables.ts";
import {
  DYNAMO_TRAITS,
  type DynamoEndpoint,
  openDynamoEndpoint,
} from "../support/aws/dynamo-endpoint.ts";
import { type FauxqsEndpoint, openFauxqsEndpoint } from "../support/aws/fauxqs-endpoint.ts";
import { lintRequests, type Role } from "../support/aws/lint-requests.ts";
import { type RequestRecord, recordRequests } from "../support/aws/record-requests.ts";
import { sumUnits, unitsByKind } from "../support/aws/request-meter.ts";
import { settleWindow, windowedChain } from "../support/aws/windowed-chain.ts";
import { memoryValidator } from "../support/memory-validator.ts";
import type { RichChain } from "../support/rich-chain.ts";
import { contractOn } from "./contract-cases.ts";

/** What a near-empty block may write in all, its index included. @source cloud.md 3.4, 16 row 4 */
const WRITES_MAX = 38;
/** How the steps of a block may ask; all others read strongly and leave the tip alone. */
const ROLES: Readonly<Record<string, Role>> = {
  connect: "connect",
  "mempool.follow": "told",
  "index.follow": "told",
  announce: "told",
  rpc: "told",
};
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
  const pool = createDynamoTable({ client: dynamo, table: names.pool });
  const { wire } = network.consensus;
  const { asked, told } = rememberTip(stores.coins);
  const cursor = rememberCursor(stores.cursors);
  const now = { dynamo, wire, clock: base.clock };
  const known = { ...stores, ...now, coins: told, cursors: cursor.told };
  const index = { ...openAddressIndex(names.index, known), cursor: cursor.asked };
  await settleWindow(chain, stores, index);
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
        operators: { tell: async () => undefined },
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

/** Each step that a near-empty block takes in a city, from its arrival to its index. */
async function followBlock(): Promise<{ readonly writes: number; readonly reads: number }> {
  const { chain, staked } = windowedChain();
  const { deps, pool, index } = await openCity(chain);
  const hash = toHashHex(staked.hash);
  const bytes = encodeBlock(staked, exosRegtest.consensus.wire);
  // As the peer process and the API hold it.
  const held = createHeldTip(deps.coins);
  const clock = createManualClock(deps.clock.now());
  // Looking at the notice is a matter of minutes, not of blocks.
  const shown = holdTip(deps.coins, { notice: { read: async () => held.held() }, clock });
  const readers = { coins: shown, headers: holdTipHeader(deps.headers, shown) };
  await Promise.all([held.refresh(), openChain(readers)]);
  clock.advance(2_000);
  const { rev } = held.held() ?? { rev: 0 };
  const hintedRev = rev + 1;
  records.length = 0;
  const steps: Readonly<Record<string, () => Promise<unknown>>> = {
    async ingest() {
      const stored = await storeBlock(bytes, { ...deps, coins: held.coins });
      expect(stored).toMatchObject({ state: "accepted", heavier: true });
    },
    check: () => checkBlock(hash, {}, deps),
    connect: () => connectHinted({ attempt: 1, deadlineMs: Number.POSITIVE_INFINITY }, deps),
    "mempool.follow": () => followWithPool(pool, hintedRev),
    "index.follow": () => followTip(index, { hintedRev, isCounted: false }),
    // The peer process hears of the tip, and reads it; so does who is asked whether the city is ready.
    announce: () => held.refresh(hintedRev),
    rpc: () => openChain(readers),
  };
  for (const [name, step] of Object.entries(steps)) {
    const from = records.length;
    await step();
    const own = records.slice(from);
    expect(lintRequests(own, ROLES[name] ?? "other")).toEqual([]);
    const { writes, reads, requests } = sumUnits(own);
    print(`${name.padEnd(15)} ${writes} WRU ${reads} RRU in ${requests} requests`);
    for (const [kind, units] of [...unitsByKind(own)].sort()) {
      print(`  ${kind.padEnd(24)} ${units.writes} WRU ${units.reads} RRU in ${units.requests}`);
    }
  }
  const { writes, reads, requests } = sumUnits(records);
  for (const tip of [held.held(), await shown.tip(), await deps.coins.tip()]) {
    expect(tip).toMatchObject({ hash, rev: hintedRev });
  }
  print(`near-empty block: ${writes} of ${WRITES_MAX} WRU; ${reads} RRU, ${requests} requests`);
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

  needing("capacity", "capacity-of-absent")("are those that a city is said to cost", async () => {
    const { writes, reads } = await units();
    // Putting blocks away is metered elsewhere.
    const { dynamo, packing } = IDLE_USAGE;
    expect(dynamo.writesPerBlock - packing.writesPerBlock).toBe(writes);
    expect(dynamo.readsPerBlock - packing.readsPerBlock).toBe(reads);
  });
});
