import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createDynamoCoinStore } from "#shared/adapters/aws/dynamo-coin-store.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import { genesisTip, nextTip } from "#shared/coins/tip.ts";
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
import { countTotals, growBy, hashOf, testBlock } from "../support/coin-chain.ts";
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

contractOn("coin-store", DYNAMO_TRAITS, ({ needing }) => {
  coinStoreContract(() => create(), countTotals);

  const costs = "costs 19 units at most, with the largest window and its totals, and 5 to read";
  needing("capacity")(costs, async () => {
    const store = await create();
    const first = genesisTip({ hash: hashOf("a0"), work: 0n });
    await store.commit(0, first);
    let tip = first.tip;
    const blocks = Array.from({ length: 562 }, (_, at) => testBlock(at + 1, "a"));
    const mu = RunningTotals.empty("exos").encode();
    let from = 0;
    for (const part of [blocks.slice(0, 561), blocks.slice(561)]) {
      from = records.length;
      const next = nextTip(tip, growBy(tip, part), { reorgBlocksMax: 500 });
      tip = { ...next.tip, mu };
      expect(await store.commit(tip.rev - 1, { ...next, tip })).toBe(true);
    }
    expect(await store.tip()).toEqual(tip);
    const spent = records.slice(from).map(({ action, leadingKeys, units }) => ({
      did: `${action} ${leadingKeys[0]}`,
      units,
    }));
    expect(spent).toEqual([
      { did: "PutItem TIP", units: 19 },
      { did: "GetItem TIP", units: 5 },
    ]);
    expect((await store.totals(tip)).coins).toBe(0);
  });
});

contractOn("coin-store on a bad day", DYNAMO_TRAITS, () => {
  let seed = 0;
  coinStoreContract(() => create(++seed), countTotals);
});

it("asks for nothing that chain state forbids", () => {
  expect(records.length).toBeGreaterThan(500);
  expect(lintRequests(records, "load")).toEqual([]);
});

it("answers who was told of a tip with a copy that is as new, and else with the tip", async () => {
  const tables = await makeCityTables(endpoint.client(), ["chain", "coins"]);
  const client = endpoint.client();
  /** What a copy has that no write reached yet. */
  let behind: object | undefined;
  const send = async (command: GetItemCommand) => {
    const isLagging = command.input.ConsistentRead === false;
    return isLagging && behind !== undefined ? behind : client.send(command);
  };
  const store = createDynamoCoinStore({
    // Every other command of the client has the same form.
    client: { send } as Pick<DynamoDBClient, "send">,
    tables,
    dialect: "exos",
    clock: createManualClock(unixSeconds(1_700_000_000)),
    entropy: createSystemEntropy(),
  });
  const first = genesisTip({ hash: hashOf("a0"), work: 0n });
  await store.commit(0, first);
  const Key = { pk: { S: "TIP" }, sk: { B: Uint8Array.of(0) } };
  behind = await client.send(new GetItemCommand({ TableName: tables.chain, Key }));
  const next = nextTip(first.tip, growBy(first.tip, [testBlock(1, "a")]), { reorgBlocksMax: 500 });
  await store.commit(1, next);
  expect((await store.tip())?.rev).toBe(2);
  expect((await store.tip(1))?.rev).toBe(1);
  expect((await store.tip(2))?.rev).toBe(2);
  behind = {};
  expect((await store.tip(2))?.rev).toBe(2);
});
