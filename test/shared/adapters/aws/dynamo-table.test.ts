import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { binary, type DynamoItem, numeric, text } from "#shared/adapters/aws/dynamo-item.ts";
import { createDynamoTable, type DynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { makeCityTables } from "../../../support/aws/city-tables.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../../../support/aws/dynamo-endpoint.ts";

let endpoint: DynamoEndpoint;
let table: DynamoTable;

beforeAll(async () => {
  endpoint = await openDynamoEndpoint();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

async function openTable(): Promise<DynamoTable> {
  const client = endpoint.client();
  const { chain } = await makeCityTables(client, ["chain"]);
  return createDynamoTable({ client, table: chain });
}

const key = (pk: string, sk = 0): DynamoItem => ({ pk: text(pk), sk: binary(Uint8Array.of(sk)) });

async function all(items: AsyncIterable<DynamoItem>): Promise<(number | undefined)[]> {
  const found: (number | undefined)[] = [];
  for await (const item of items) found.push(item["sk"]?.B?.[0]);
  return found;
}

describe("a table", () => {
  beforeAll(async () => {
    table = await openTable();
  });

  it("has what was put, whole, and nothing else", async () => {
    await table.put({ ...key("a"), rev: numeric(1), old: text("x") });
    await table.put({ ...key("a"), rev: numeric(2) });
    expect(await table.get(key("a"))).toEqual({ ...key("a"), rev: numeric(2) });
    expect(await table.get(key("nobody"))).toBeUndefined();
  });

  it("answers false where a condition does not hold, and changes nothing", async () => {
    const first = { text: "attribute_not_exists(#pk)" };
    const seen = { text: "#rev = :rev", values: { rev: numeric(1) } };
    expect(await table.put({ ...key("b"), rev: numeric(1) }, first)).toBe(true);
    expect(await table.put({ ...key("b"), rev: numeric(9) }, first)).toBe(false);
    expect(await table.put({ ...key("b"), rev: numeric(2) }, seen)).toBe(true);
    expect(await table.put({ ...key("b"), rev: numeric(3) }, seen)).toBe(false);
    const change = { text: "SET #rev = :next", values: { next: numeric(7) } };
    expect(await table.update(key("b"), change, seen)).toBe(false);
    expect(await table.delete(key("b"), seen)).toBe(false);
    expect((await table.get(key("b")))?.["rev"]).toEqual(numeric(2));
    expect(await table.delete(key("b"))).toBe(true);
    expect(await table.delete(key("b"))).toBe(true);
    expect(await table.get(key("b"))).toBeUndefined();
  });

  it("counts atomically, from nothing", async () => {
    const add = { text: "ADD #n :one", values: { one: numeric(1) } };
    const counted = await Promise.all([1, 2, 3].map(() => table.updated(key("count"), add)));
    expect(counted.map((item) => item["n"]?.N).sort()).toEqual(["1", "2", "3"]);
  });

  it("reads many in the order asked, doubles and absent ones too", async () => {
    const keys = Array.from({ length: 230 }, (_, at) => key(`many${at}`));
    for (const [at, one] of keys.entries()) {
      if (at % 10 !== 0) await table.put({ ...one, n: numeric(at) });
    }
    const wanted = [...keys.toReversed(), ...keys.slice(0, 5)];
    const found = await table.getMany(wanted);
    const numbers = keys.map((_, at) => (at % 10 === 0 ? undefined : String(at)));
    expect(found.map((item) => item?.["n"]?.N)).toEqual([
      ...numbers.toReversed(),
      ...numbers.slice(0, 5),
    ]);
    expect(await table.getMany([])).toEqual([]);
  });

  it("tells a range of a partition in order, over its pages, as far as it is wanted", async () => {
    const large = "x".repeat(300_000);
    for (const sk of [5, 1, 9, 3, 7]) await table.put({ ...key("range", sk), large: text(large) });
    const where = {
      text: "#pk = :pk AND #sk > :from",
      values: { pk: text("range"), from: binary(Uint8Array.of(1)) },
    };
    expect(await all(table.query({ where }))).toEqual([3, 5, 7, 9]);
    expect(await all(table.query({ where, descending: true }))).toEqual([9, 7, 5, 3]);
    expect(await all(table.query({ where, descending: true, limit: 2 }))).toEqual([9, 7]);
    for await (const item of table.query({ where, limit: 1, only: ["sk"] })) {
      expect(item).toEqual({ sk: binary(Uint8Array.of(3)) });
    }
  });
});

describe("a scan", () => {
  it("meets every item once over its segments", async () => {
    const scanned = await openTable();
    for (let at = 0; at < 40; at++) await scanned.put(key("s", at));
    const met: number[] = [];
    for (const segment of [0, 1, 2]) {
      for await (const page of scanned.scan({ segment, of: 3 })) {
        met.push(...page.map((item) => item["sk"]?.B?.[0] ?? -1));
      }
    }
    expect(met.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, at) => at));
  });
});

describe("a fault", () => {
  it("says what is missing, for good", async () => {
    const absent = createDynamoTable({ client: endpoint.client(), table: "exos-test-absent" });
    const fault = await absent.get(key("a")).catch((cause: unknown) => cause);
    expect(fault).toBeInstanceOf(StoreFault);
    expect(fault).toMatchObject({ code: "EXOS-E8102", retryable: false });
    await expect(absent.getMany([key("a")])).rejects.toMatchObject({ code: "EXOS-E8102" });
    await expect(all(absent.query({ where: { text: "#pk = :a" } }))).rejects.toThrow(StoreFault);
  });
});
