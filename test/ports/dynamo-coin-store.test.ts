import { afterAll, beforeAll } from "vitest";
import { createDynamoCoinStore } from "#shared/adapters/aws/dynamo-coin-store.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { makeCityTables } from "../support/aws/city-tables.ts";
import {
  DYNAMO_TRAITS,
  type DynamoEndpoint,
  openDynamoEndpoint,
} from "../support/aws/dynamo-endpoint.ts";
import { countTotals } from "../support/coin-chain.ts";
import { coinStoreContract } from "./coin-store.contract.ts";
import { contractOn } from "./contract-cases.ts";

let endpoint: DynamoEndpoint;
beforeAll(async () => {
  endpoint = await openDynamoEndpoint();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

contractOn("coin-store", DYNAMO_TRAITS, () =>
  coinStoreContract(async () => {
    const client = endpoint.client();
    const tables = await makeCityTables(client, ["chain", "coins"]);
    return createDynamoCoinStore({
      client,
      tables,
      dialect: "exos",
      clock: createManualClock(unixSeconds(1_700_000_000)),
      entropy: createSystemEntropy(),
      pause: async () => undefined,
    });
  }, countTotals),
);
