import { afterAll, beforeAll, expect, it } from "vitest";
import { createDynamoPool } from "#shared/adapters/aws/dynamo-pool.ts";
import { createDynamoRawTransactions } from "#shared/adapters/aws/dynamo-raw-transactions.ts";
import { createDynamoTable, type DynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import type { Pool } from "#shared/ports/pool.ts";
import { makeCityTables } from "../support/aws/city-tables.ts";
import {
  DYNAMO_TRAITS,
  type DynamoEndpoint,
  openDynamoEndpoint,
} from "../support/aws/dynamo-endpoint.ts";
import { injectFaults, ROUGH } from "../support/aws/fault-requests.ts";
import { lintRequests } from "../support/aws/lint-requests.ts";
import { type RequestRecord, recordRequests } from "../support/aws/record-requests.ts";
import { flaky } from "../support/flaky.ts";
import { contractOn } from "./contract-cases.ts";
import { poolContract } from "./pool.contract.ts";
import { rawTransactionsContract } from "./raw-transactions.contract.ts";

let endpoint: DynamoEndpoint;
const records: RequestRecord[] = [];
beforeAll(async () => {
  endpoint = await openDynamoEndpoint();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

/** @param faultSeed of a bad day; a good one without it */
async function emptyTable(faultSeed?: number): Promise<DynamoTable> {
  const { pool } = await makeCityTables(endpoint.client(), ["pool"]);
  const client = endpoint.client();
  recordRequests(client, records);
  if (faultSeed !== undefined) {
    injectFaults(client, { ...ROUGH, seed: faultSeed, sparesLast: true });
  }
  return createDynamoTable({ client, table: pool, pause: async () => undefined });
}

const pool = async (faultSeed?: number): Promise<Pool> =>
  createDynamoPool({ table: await emptyTable(faultSeed) });

contractOn("pool", DYNAMO_TRAITS, () => poolContract(() => pool()));

contractOn("pool on a bad day", DYNAMO_TRAITS, () => {
  let seed = 0;
  poolContract(async () => flaky(await pool(), ++seed));
});

contractOn("pool on bad requests", DYNAMO_TRAITS, () => {
  let seed = 0;
  poolContract(() => pool(++seed));
});

contractOn("raw-transactions", DYNAMO_TRAITS, () =>
  rawTransactionsContract(async (clock) =>
    createDynamoRawTransactions({ table: await emptyTable(), clock }),
  ),
);

it("asks for nothing that a shared table forbids", () => {
  expect(records.length).toBeGreaterThan(300);
  expect(lintRequests(records, "other")).toEqual([]);
});
