import { afterAll, beforeAll, expect, it } from "vitest";
import { createIndexTables } from "#shared/adapters/aws/index-tables.ts";
import { addMiddleware } from "../support/aws/client-middleware.ts";
import {
  DYNAMO_TRAITS,
  type DynamoEndpoint,
  openDynamoEndpoint,
} from "../support/aws/dynamo-endpoint.ts";
import { openCityIndex } from "../support/aws/dynamo-index.ts";
import { injectFaults, ROUGH } from "../support/aws/fault-requests.ts";
import { lintRequests } from "../support/aws/lint-requests.ts";
import { type RequestRecord, recordRequests } from "../support/aws/record-requests.ts";
import { growBlock, TO_B, type TreeBlock } from "../support/block-tree.ts";
import { addressIndexContract } from "./address-index.contract.ts";
import { contractOn } from "./contract-cases.ts";

let endpoint: DynamoEndpoint;
const records: RequestRecord[] = [];
beforeAll(async () => {
  endpoint = await openDynamoEndpoint();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

/** @param faultSeed of a bad day; a good one without it */
async function create(faultSeed?: number) {
  const readers = endpoint.client();
  recordRequests(readers, records);
  if (faultSeed !== undefined) {
    injectFaults(readers, { ...ROUGH, seed: faultSeed, sparesLast: true });
  }
  return openCityIndex(endpoint.client(), { readers });
}

contractOn("address-index", DYNAMO_TRAITS, () => addressIndexContract(() => create()));

contractOn("address-index on a bad day", DYNAMO_TRAITS, () => {
  let seed = 0;
  addressIndexContract(() => create(++seed));
});

it("is asked again by whoever asks before it follows a chain", async () => {
  const index = await create();
  const script = Uint8Array.of(0x51);
  const retryable = expect.objectContaining({ name: "StoreFault", retryable: true });
  await expect(index.totals(script)).rejects.toEqual(retryable);
  await expect(index.coins({ script, limit: 1 })).rejects.toEqual(retryable);
});

it("goes on in a generation that came into use while it wrote into another one", async () => {
  const index = await create();
  const genesis = growBlock(undefined, 0, [{ spends: [], pays: [[7n, TO_B]] }]);
  const { height, hash, bytes } = genesis;
  await index.add([{ height, hash, bytes: bytes.slice() }]);
  await createIndexTables({ client: endpoint.client(), name: index.name }).create(1);
  const newer = { rev: 2, height, hash, generation: 1 };
  await index.cursors.set("index", newer);
  await index.follow(hash);
  expect(await index.cursors.get("index")).toEqual(newer);
});

it("goes on in the middle of a block that has more entries than one run has time for", async () => {
  const client = endpoint.client();
  let puts = 0;
  let putsMax = Number.POSITIVE_INFINITY;
  addMiddleware(
    client,
    { name: "kill", step: "initialize" },
    (sendOn, { commandName }) =>
      (sent) => {
        if (commandName === "PutItemCommand" && ++puts > putsMax) throw new RangeError("killed");
        return sendOn(sent);
      },
  );
  const index = await openCityIndex(endpoint.client(), { readers: client });
  const scriptOf = (owner: number) => Uint8Array.of(0x02, owner >> 8, owner & 0xff);
  const pays: [bigint, Uint8Array][] = Array.from({ length: 4_500 }, (_, at) => [1n, scriptOf(at)]);
  const genesis = growBlock(undefined, 0, [{ spends: [], pays: [[7n, TO_B]] }]);
  const long = growBlock(genesis, 0, [{ spends: [], pays }]);
  const add = ({ height, hash, bytes }: TreeBlock) =>
    index.add([{ height, hash, bytes: bytes.slice() }]);
  await add(genesis);
  putsMax = puts + 4_300;
  await expect(add(long)).rejects.toThrow("killed");
  puts = 0;
  await add(long);
  expect(puts).toBeLessThan(450);
  await index.follow(long.hash);
  for (const owner of [0, 4_095, 4_299, 4_499]) {
    expect(await index.totals(scriptOf(owner)), String(owner)).toMatchObject({ coins: 1 });
  }
});

it("asks for nothing that tables of facts forbid", () => {
  expect(records.length).toBeGreaterThan(300);
  expect(lintRequests(records, "other")).toEqual([]);
});
