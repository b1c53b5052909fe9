import { afterAll, describe, expect, it } from "vitest";
import { createDynamoBlockTries } from "#shared/adapters/aws/dynamo-block-tries.ts";
import { createDynamoHeaderStore } from "#shared/adapters/aws/dynamo-header-store.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { makeCityTables } from "../support/aws/city-tables.ts";
import { DYNAMO_TRAITS, openDynamoEndpoint } from "../support/aws/dynamo-endpoint.ts";
import { injectFaults, ROUGH } from "../support/aws/fault-requests.ts";
import { lintRequests } from "../support/aws/lint-requests.ts";
import { type RequestRecord, recordRequests } from "../support/aws/record-requests.ts";
import { headerRecord } from "../support/header-records.ts";
import { blockTriesContract } from "./block-tries.contract.ts";
import { contractOn } from "./contract-cases.ts";
import { headerStoreContract } from "./header-store.contract.ts";

const endpoint = await openDynamoEndpoint();
afterAll(() => endpoint[Symbol.asyncDispose]());

const START = unixSeconds(1_700_000_000);
const DAY = 86_400;
const NOTHING_PACKED = {
  headers: async (hashes: readonly unknown[]) => hashes.map(() => undefined),
};

const records: RequestRecord[] = [];

/** A store in a table of its own. @param faultSeed of a bad day; a good one without it */
async function open(faultSeed?: number) {
  const { chain: table } = await makeCityTables(endpoint.client(), ["chain"]);
  const client = endpoint.client();
  recordRequests(client, records);
  if (faultSeed !== undefined) {
    injectFaults(client, { ...ROUGH, seed: faultSeed, sparesLast: true });
  }
  const chain = createDynamoTable({ client, table, pause: async () => undefined });
  const clock = createManualClock(START);
  return {
    chain,
    clock,
    headers: createDynamoHeaderStore({ chain, packed: NOTHING_PACKED, clock }),
  };
}

contractOn("header-store", DYNAMO_TRAITS, () =>
  headerStoreContract(async () => (await open()).headers),
);

contractOn("header-store on a bad day", DYNAMO_TRAITS, () => {
  let seed = 0;
  headerStoreContract(async () => (await open(++seed)).headers);
});

contractOn("block-tries", DYNAMO_TRAITS, () =>
  blockTriesContract(async () => createDynamoBlockTries((await open()).chain)),
);

describe("dynamo header store", () => {
  it("keeps a header, its totals and all that is known in a kilobyte", async () => {
    const { chain, headers } = await open();
    const times = Array.from({ length: 11 }, (_, at) => unixSeconds(START + at));
    const base = headerRecord(undefined, 3);
    const record = { ...base, context: { ...base.context, times } };
    await headers.put(record);
    await headers.setBodySize(record.hash, 4_000_000);
    await headers.setChecked(record.hash);
    await headers.setApplied(record.hash, 0, new Uint8Array(408).fill(7));
    await headers.setApplied(record.hash, 12);
    const item = await chain.get({ pk: { S: `H#${record.hash}` }, sk: { B: Uint8Array.of(0) } });
    expect(sizeOf(item ?? {})).toBeLessThanOrEqual(1_024);
    expect(await headers.get(record.hash)).toMatchObject({ record, applied: [0, 12] });
  });

  it("knows no header where only a fact about one is left", async () => {
    const { headers } = await open();
    const record = headerRecord(undefined, 3);
    await headers.setApplied(record.hash, 0);
    expect(await headers.get(record.hash)).toBeUndefined();
    await headers.put(record);
    expect(await headers.get(record.hash)).toMatchObject({ record, applied: [0] });
  });

  it("passes over candidates that ran out, and over none behind them", async () => {
    const { clock, headers } = await open();
    const genesis = headerRecord(undefined, 0);
    const [heavy, light] = [headerRecord(genesis, 90), headerRecord(genesis, 10)];
    await headers.addCandidate(heavy);
    await headers.addCandidate(headerRecord(genesis, 80));
    clock.advance(29 * DAY * 1_000);
    await headers.addCandidate(light);
    expect(await headers.candidates(0n, 1)).toEqual([{ work: heavy.work, hash: heavy.hash }]);
    clock.advance(DAY * 1_000);
    expect(await headers.candidates(0n, 1)).toEqual([{ work: light.work, hash: light.hash }]);
    expect(await headers.candidates(0n, 64)).toEqual([{ work: light.work, hash: light.hash }]);
    expect(await headers.candidates(light.work, 64)).toEqual([]);
  });

  it("reads two thousand headers in order", async () => {
    const { headers } = await open();
    const records = Array.from({ length: 120 }, (_, nonce) => headerRecord(undefined, nonce));
    await Promise.all(records.map((record) => headers.put(record)));
    const asked = Array.from({ length: 2_000 }, (_, at) => records[(at * 7) % 120]?.hash);
    const hashes = asked.filter((hash) => hash !== undefined);
    const found = await headers.getMany(hashes);
    expect(found.map((header) => header?.record.hash)).toEqual(hashes);
  });
});

it("asks for nothing that chain state forbids", () => {
  expect(records.length).toBeGreaterThan(100);
  expect(lintRequests(records, "other")).toEqual([]);
});

/** Bytes of an item as DynamoDB counts them: names, and values by their type. */
function sizeOf(
  item: Readonly<Record<string, { B?: Uint8Array; S?: string; N?: string; NS?: string[] }>>,
): number {
  return Object.entries(item).reduce((sum, [name, { B, S, N, NS }]) => {
    const digits = (number: string) => Math.ceil(number.length / 2) + 1;
    const set = NS?.reduce((all, number) => all + digits(number), 3) ?? 0;
    const value = (B?.length ?? 0) + (S?.length ?? 0) + (N === undefined ? 0 : digits(N)) + set;
    return sum + name.length + Math.max(1, value);
  }, 0);
}
