import { afterAll, beforeAll, describe } from "vitest";
import { createDynamoPool } from "#shared/adapters/aws/dynamo-pool.ts";
import { createDynamoRawTransactions } from "#shared/adapters/aws/dynamo-raw-transactions.ts";
import { createDynamoTable, type DynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { makeCityTables } from "../support/aws/city-tables.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../support/aws/dynamo-endpoint.ts";
import { flaky } from "../support/flaky.ts";
import { poolContract } from "./pool.contract.ts";
import { rawTransactionsContract } from "./raw-transactions.contract.ts";

let endpoint: DynamoEndpoint;
beforeAll(async () => {
  endpoint = await openDynamoEndpoint();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

async function emptyTable(): Promise<DynamoTable> {
  const client = endpoint.client();
  const { pool } = await makeCityTables(client, ["pool"]);
  return createDynamoTable({ client, table: pool });
}

describe("dynamo pool", () => {
  poolContract(async () => createDynamoPool({ table: await emptyTable() }));
});

describe.each([1, 2])("dynamo pool on bad day %i", (seed) => {
  poolContract(async () => flaky(createDynamoPool({ table: await emptyTable() }), seed));
});

describe("dynamo raw transactions", () => {
  rawTransactionsContract(async (clock) =>
    createDynamoRawTransactions({ table: await emptyTable(), clock }),
  );
});
