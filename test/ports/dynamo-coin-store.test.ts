import { afterAll, beforeAll, expect, it } from "vitest";
import { createDynamoCoinStore } from "#shared/adapters/aws/dynamo-coin-store.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { makeCityTables } from "../support/aws/city-tables.ts";
import {
  DYNAMO_TRAITS,
  type DynamoEndpoint,
  openDynamoEndpoint,
} from "../support/aws/dynamo-endpoint.ts";
import { injectFaults, ROUGH } from "../support/aws/fault-requests.ts";
import { lintRequests } from "../support/aws/lint-requests.ts";
import { type RequestRecord, recordRequests } from "../support/aws/record-requests.ts";
import { sortHere } from "../support/aws/sort-here.ts";
import { countTotals } from "../support/coin-chain.ts";
import { coinStoreContract } from "./coin-store.contract.ts";
import { contractOn } from "./contract-cases.ts";

let endpoint: DynamoEndpoint;
const records: RequestRecord[] = [];
beforeAll(async () => {
  endpoint = await openDynamoEndpoint();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

/** A store in tables of its own. @param faultSeed of a bad day; a good one without it */
async function create(faultSeed?: number): Promise<CoinStore> {
  const tables = await makeCityTables(endpoint.client(), ["chain", "coins"]);
  const client = endpoint.client();
  recordRequests(client, records);
  if (faultSeed !== undefined)
    injectFaults(client, { ...ROUGH, seed: faultSeed, sparesLast: true });
  return createDynamoCoinStore({
    client,
    tables,
    dialect: "exos",
    clock: createManualClock(unixSeconds(1_700_000_000)),
    entropy: createSystemEntropy(),
    pause: async () => undefined,
    sort: sortHere,
  });
}

contractOn("coin-store", DYNAMO_TRAITS, () => coinStoreContract(() => create(), countTotals));

contractOn("coin-store on a bad day", DYNAMO_TRAITS, () => {
  let seed = 0;
  coinStoreContract(() => create(++seed), countTotals);
});

it("asks for nothing that chain state forbids", () => {
  expect(records.length).toBeGreaterThan(500);
  expect(lintRequests(records, "load")).toEqual([]);
});
