import { afterAll, beforeAll, expect, it } from "vitest";
import { type DynamoEndpoint, openDynamoEndpoint } from "../support/aws/dynamo-endpoint.ts";
import { runOnDynamo } from "./chain-state-dynamo-run.ts";

let endpoint: DynamoEndpoint;
beforeAll(async () => {
  endpoint = await openDynamoEndpoint();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

/** One seed of six; the others are `npm run long -- model-dynamo`. @source cloud.md 14.2, 16 bar 1 */
it("the scenario of the model holds over tables on a bad day", async () => {
  const run = await runOnDynamo(endpoint, { seed: 1, blocks: 60, steps: 1_000 });
  expect(run.failures).toEqual([]);
  expect(run.lint).toEqual([]);
  expect(run.commits).toBeGreaterThan(5);
  expect(run.verdicts).toBeGreaterThan(30);
  expect(Math.min(...Object.values(run.faults))).toBeGreaterThan(20);
});
