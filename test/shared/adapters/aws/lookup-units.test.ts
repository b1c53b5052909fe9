import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDynamoCursors } from "#shared/adapters/aws/dynamo-cursors.ts";
import { createDynamoPool } from "#shared/adapters/aws/dynamo-pool.ts";
import { createDynamoRawTransactions } from "#shared/adapters/aws/dynamo-raw-transactions.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { NO_POOL } from "#shared/ports/pool.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { makeCityTables } from "../../../support/aws/city-tables.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../../../support/aws/dynamo-endpoint.ts";
import { openCityIndex } from "../../../support/aws/dynamo-index.ts";
import { type RequestRecord, recordRequests } from "../../../support/aws/record-requests.ts";
import { sumUnits, type Units } from "../../../support/aws/request-meter.ts";
import {
  growBlock,
  TO_B,
  TO_C,
  TO_KEY,
  TO_NOBODY,
  type TreeBlock,
} from "../../../support/block-tree.ts";

let endpoint: DynamoEndpoint;
const records: RequestRecord[] = [];
beforeAll(async () => {
  endpoint = await openDynamoEndpoint();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

const print = (line: string) => process.stdout.write(`${line}\n`);

/** What some work asks of tables. */
async function unitsOf(work: () => Promise<unknown>): Promise<Units> {
  records.length = 0;
  await work();
  return sumUnits(records);
}

function recordedClient() {
  const client = endpoint.client();
  recordRequests(client, records);
  return client;
}

const payTo = (fill: number) =>
  Uint8Array.of(0x76, 0xa9, 20, ...new Uint8Array(20).fill(fill), 0x88, 0xac);

/** A block as an idle chain makes it: an empty coinbase, and a stake that pays its own key. */
function emptyBlock(prev: TreeBlock, nonce: number, script: Uint8Array): TreeBlock {
  const kernel = prev.coins.find((coin) => coin.script === script);
  if (kernel === undefined) throw new RangeError("nothing to stake");
  const pays: [bigint, Uint8Array][] = [
    [0n, TO_NOBODY],
    [kernel.value + 1n, script],
  ];
  return growBlock(prev, nonce, [
    { spends: [], pays: [[0n, TO_NOBODY]] },
    { spends: [kernel], pays },
  ]);
}

const genesis = growBlock(undefined, 0, [{ spends: [], pays: [[0n, TO_NOBODY]] }]);
const one = growBlock(genesis, 1, [
  {
    spends: [],
    pays: [
      [50n, TO_KEY],
      [50n, TO_B],
      [50n, TO_C],
    ],
  },
]);

describe("what a block costs the index", () => {
  async function follow(...blocks: readonly TreeBlock[]): Promise<Units> {
    const index = await openCityIndex(endpoint.client(), { readers: recordedClient() });
    const last = blocks.at(-1) ?? one;
    for (const { height: at, hash, bytes } of [genesis, one, ...blocks.slice(0, -1)]) {
      await index.add([{ height: at, hash, bytes: bytes.slice() }]);
    }
    const { height: at, hash, bytes } = last;
    return unitsOf(async () => {
      await index.add([{ height: at, hash, bytes: bytes.slice() }]);
      await index.follow(hash);
    });
  }

  it("is four write units when it is empty", async () => {
    const units = await follow(emptyBlock(one, 2, TO_KEY));
    print(`index: ${units.writes} of 4 WRU, ${units.reads} RRU per near-empty block`);
    expect(units.writes).toBeLessThanOrEqual(4);
    expect(units.reads).toBeLessThanOrEqual(4);
    expect(units.requests).toBeLessThanOrEqual(8);
  });

  it("is five more for a transaction that takes from two and pays two others", async () => {
    const spends = one.coins.slice(1);
    const stake = emptyBlock(one, 2, TO_KEY);
    const full = growBlock(one, 3, [
      { spends: [], pays: [[0n, TO_NOBODY]] },
      {
        spends: one.coins.slice(0, 1),
        pays: [
          [0n, TO_NOBODY],
          [51n, TO_KEY],
        ],
      },
      {
        spends,
        pays: [
          [70n, payTo(1)],
          [20n, payTo(2)],
        ],
      },
    ]);
    expect(spends).toHaveLength(2);
    const empty = await follow(stake);
    const writes = (await follow(full)).writes - empty.writes;
    print(`index: ${writes} of 5 WRU per transaction with 2 inputs and 2 outputs`);
    expect(writes).toBeLessThanOrEqual(5);
  });

  it("is one more for the follower's cursor", async () => {
    const client = recordedClient();
    const { chain } = await makeCityTables(endpoint.client(), ["chain"]);
    const cursors = createDynamoCursors(createDynamoTable({ client, table: chain }));
    const cursor = { rev: 1_000_000, height: height(4_000_000), hash: one.hash, generation: 7 };
    const { writes } = await unitsOf(() => cursors.set("index", cursor));
    print(`index: ${writes} of 1 WRU for the cursor`);
    expect(writes).toBe(1);
  });
});

describe("what a transaction with 2 inputs and 2 outputs costs the pool", () => {
  it("is a unit for its bytes, each claim, itself and the summary, and the last ones again to go", async () => {
    const client = recordedClient();
    const { pool: table } = await makeCityTables(endpoint.client(), ["pool"]);
    const opened = createDynamoTable({ client, table });
    const pool = createDynamoPool({ table: opened });
    const clock = createManualClock(unixSeconds(1_600_000_000));
    const raw = createDynamoRawTransactions({ table: opened, clock });
    const txid = toHashHex(one.transactions[0]?.txid ?? (new Uint8Array(32) as never));
    // Two signatures with compressed keys, two P2PKH outputs, and the time.
    const bytes = new Uint8Array(4 + 4 + 1 + 2 * 148 + 1 + 2 * 34 + 4);
    const inputs = one.coins.slice(1).map((coin) => ({ txid: coin.txid, index: coin.index }));
    const at = clock.now();
    const stored = await unitsOf(() => raw.put(txid, bytes));
    const entered = await unitsOf(async () => {
      for (const outpoint of inputs) await pool.claim({ outpoint, txid, at });
      await pool.put({
        txid,
        raw: bytes,
        fee: amount(10_000n),
        size: bytes.length,
        sigopCost: 8,
        time: at,
        height: 1_000_000,
        inputs,
        parents: [],
        unbroadcast: false,
      });
      await pool.setSummary(0, { ...NO_POOL, count: 1, bytes: bytes.length });
    });
    const left = await unitsOf(async () => {
      await pool.remove(txid);
      for (const outpoint of inputs) await pool.release(outpoint, txid);
      await pool.setSummary(1, NO_POOL);
    });
    print(`pool: ${stored.writes} + ${entered.writes} WRU to enter, ${left.writes} to leave`);
    expect(stored.writes).toBe(1);
    expect(entered.writes).toBe(4);
    expect(left.writes).toBe(4);
  });
});
