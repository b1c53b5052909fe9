import { afterAll, beforeAll, describe } from "vitest";
import { type DynamoEndpoint, openDynamoEndpoint } from "../support/aws/dynamo-endpoint.ts";
import { openCityIndex } from "../support/aws/dynamo-index.ts";
import { addressIndexContract } from "./address-index.contract.ts";

let endpoint: DynamoEndpoint;
beforeAll(async () => {
  endpoint = await openDynamoEndpoint();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

describe("dynamo address index", () => {
  addressIndexContract(() => openCityIndex(endpoint.client()));
});
