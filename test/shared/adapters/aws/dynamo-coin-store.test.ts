import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeCoinItem, encodeMark } from "#shared/adapters/aws/dynamo-coin-item.ts";
import {
  createDynamoCoinStore,
  type DynamoCoinStoreOptions,
  type SortItems,
} from "#shared/adapters/aws/dynamo-coin-store.ts";
import { binary, binarySet, numeric, text } from "#shared/adapters/aws/dynamo-item.ts";
import { createDynamoTable, type DynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { frozenItem } from "#shared/adapters/aws/dynamo-tip.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { sortedItems } from "#shared/adapters/embedded/sorted-items.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { coinAt } from "#shared/coins/coin-at.ts";
import { coinKeyOf } from "#shared/coins/coin-key.ts";
import { BASE_HASH } from "#shared/coins/mark.ts";
import { packOutputs } from "#shared/coins/pack-outputs.ts";
import { genesisTip, nextTip, type Tip } from "#shared/coins/tip.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import { type CityTables, makeCityTables } from "../../../support/aws/city-tables.ts";
import { addMiddleware } from "../../../support/aws/client-middleware.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../../../support/aws/dynamo-endpoint.ts";
import { type RequestRecord, recordRequests } from "../../../support/aws/record-requests.ts";
import { sortHere } from "../../../support/aws/sort-here.ts";
import { growBy, hashOf, testBlock, txidOf } from "../../../support/coin-chain.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const LIMIT = { reorgBlocksMax: 500 };
const KEY_OF_TIP = { pk: text("TIP"), sk: binary(Uint8Array.of(0)) };

let endpoint: DynamoEndpoint;
beforeAll(async () => {
  endpoint = await openDynamoEndpoint();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

type MoreOptions = Partial<Pick<DynamoCoinStoreOptions, "sort" | "genesis">>;

interface City {
  readonly tables: CityTables;
  readonly client: DynamoDBClient;
  readonly store: CoinStore;
  readonly chain: DynamoTable;
  readonly records: RequestRecord[];
}

async function openCity(more: MoreOptions = {}) {
  const tables = await makeCityTables(endpoint.client(), ["chain", "coins"]);
  return storeOf(tables, more);
}

/** Another process of the same city. */
function storeOf(tables: CityTables, more: MoreOptions = {}): City {
  const client = endpoint.client();
  const records = recordRequests(client);
  const store = createDynamoCoinStore({
    client,
    tables,
    dialect: "exos",
    clock: createManualClock(unixSeconds(1_700_000_000)),
    entropy: createSystemEntropy(),
    pause: async () => undefined,
    sort: sortHere,
    ...more,
  });
  const chain = createDynamoTable({ client: endpoint.client(), table: tables.chain });
  return { tables, client, store, chain, records };
}

async function start({ store }: City): Promise<Tip> {
  const first = genesisTip({ hash: hashOf("a0"), work: 0n });
  expect(await store.commit(0, first)).toBe(true);
  return first.tip;
}

/** Lose the answers of the next puts of this partition, having let them arrive. */
function loseAnswers(client: DynamoDBClient, partition: string, count: number): void {
  let left = count;
  addMiddleware(client, { name: "lose", step: "deserialize" }, (sendOn) => async (sent) => {
    const item: unknown = Reflect.get(sent.input, "Item");
    const pk: unknown = Reflect.get(Object(item), "pk");
    const answer = sendOn(sent);
    if (Reflect.get(Object(pk), "S") !== partition || left === 0) return answer;
    left--;
    await answer.catch(() => undefined);
    const error = new Error("no answer");
    error.name = "TimeoutError";
    throw error;
  });
}

describe("a commit", () => {
  it.each([1, 3])("whose answer is lost %i times was made all the same", async (times) => {
    const city = await openCity();
    const tip = await start(city);
    loseAnswers(city.client, "TIP", times);
    const next = nextTip(tip, growBy(tip, [testBlock(1, "a")]), LIMIT);
    expect(await city.store.commit(tip.rev, next)).toBe(true);
    expect((await city.store.tip())?.hash).toBe(hashOf("a1"));
  });

  it("that lost to another of the same block is not called ours", async () => {
    const city = await openCity();
    const tip = await start(city);
    const next = nextTip(tip, growBy(tip, [testBlock(1, "a")]), LIMIT);
    const results = await Promise.all(
      [1, 2, 3, 4].map(() => storeOf(city.tables).store.commit(tip.rev, next)),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
  });

  it("that fails says why, although the tip cannot be read either", async () => {
    const city = await openCity();
    const tip = await start(city);
    addMiddleware(city.client, { name: "fail", step: "deserialize" }, () => async (sent) => {
      const error = new Error("no");
      error.name = "Item" in sent.input ? "AccessDeniedException" : "TimeoutError";
      throw error;
    });
    const next = nextTip(tip, growBy(tip, [testBlock(1, "a")]), LIMIT);
    const fault = { code: "EXOS-E8104", retryable: false };
    await expect(city.store.commit(tip.rev, next)).rejects.toMatchObject(fault);
  });
});

describe("the chain of another network", () => {
  const other = { genesis: hashOf("b0") };
  const refused = { code: "EXOS-E8106", retryable: false };

  it("is refused by whoever reads a young tip first, for no request more", async () => {
    const city = await openCity();
    await start(city);
    const { store, records } = storeOf(city.tables, { genesis: hashOf("a0") });
    expect((await store.tip())?.height).toBe(0);
    expect(records.map(({ leadingKeys }) => leadingKeys[0])).toEqual(["TIP"]);
    await expect(storeOf(city.tables, other).store.tip()).rejects.toMatchObject(refused);
    await expect(storeOf(city.tables, other).store.tip()).rejects.toThrow(
      `${city.tables.chain} begins with ${hashOf("a0")}, and that of EXOS_NETWORK with ${hashOf("b0")}`,
    );
    const { store: strange } = storeOf(city.tables, other);
    for (const _ of [1, 2]) await expect(strange.tip()).rejects.toMatchObject(refused);
  });

  it("is refused by what is frozen of an older one, which is asked for once", async () => {
    const city = await openCity();
    const tip = await start(city);
    const blocks = Array.from({ length: 70 }, (_, at) => testBlock(at + 1, "a"));
    const shallow = { reorgBlocksMax: 2 };
    const one = nextTip(tip, growBy(tip, blocks.slice(0, 69)), shallow);
    await city.store.commit(tip.rev, one);
    const two = nextTip(one.tip, growBy(one.tip, blocks.slice(69)), shallow);
    await city.store.commit(one.tip.rev, two);
    expect(two.tip.base).toBe(64);
    const { store, records } = storeOf(city.tables, { genesis: hashOf("a0") });
    for (const _ of [1, 2, 3]) expect(await store.tip()).toEqual(two.tip);
    const asked = records.map(({ leadingKeys }) => leadingKeys[0]);
    expect(asked).toEqual(["TIP", "F#00000000", "TIP", "TIP"]);
    await expect(storeOf(city.tables, other).store.tip()).rejects.toMatchObject(refused);
  });
});

describe("what is frozen", () => {
  it("is asked for until it is there, then never again, unless the chain was filled anew", async () => {
    const city = await openCity();
    const tip = await start(city);
    expect(await city.store.frozen(0)).toBeUndefined();
    const blocks = Array.from({ length: 70 }, (_, at) => testBlock(at + 1, "a"));
    const shallow = { reorgBlocksMax: 2 };
    const one = nextTip(tip, growBy(tip, blocks.slice(0, 69)), shallow);
    await city.store.commit(tip.rev, one);
    const two = nextTip(one.tip, growBy(one.tip, blocks.slice(69)), shallow);
    await city.store.commit(one.tip.rev, two);
    const asked = () => city.records.filter(({ leadingKeys }) => leadingKeys[0] === "F#00000000");
    city.records.length = 0;
    expect((await city.store.frozen(0))?.[1]).toBe(hashOf("a1"));
    expect((await city.store.frozen(0))?.[1]).toBe(hashOf("a1"));
    expect(asked()).toHaveLength(1);
    await city.store.tip();
    await city.chain.delete(KEY_OF_TIP);
    await city.store.tip();
    await city.store.frozen(0);
    expect(asked()).toHaveLength(2);
  });

  it("is read together where it is asked for at once, absent groups and doubles too", async () => {
    const city = await openCity();
    await start(city);
    const hashes = Array(64).fill(hashOf("a1"));
    for (const group of [3, 140]) await city.chain.put(frozenItem({ group, hashes }));
    city.records.length = 0;
    const groups = [...Array(150).keys(), 3];
    const found = await Promise.all(groups.map((group) => city.store.frozen(group)));
    expect(groups.filter((_, at) => found[at] !== undefined)).toEqual([3, 140, 3]);
    expect(city.records.map(({ action }) => action)).toEqual(["BatchGetItem", "BatchGetItem"]);
  });
});

describe("an item", () => {
  it("holds whole marks, and the hash alone of a script that is too long", async () => {
    const city = await openCity();
    const tip = await start(city);
    const [long, key] = [new Uint8Array(10_001), coinKeyOf(txidOf("x"), 0)];
    const outputs = packOutputs([
      { value: amount(7n), scriptPubKey: long },
      { value: amount(8n), scriptPubKey: Uint8Array.of(0x51) },
    ]);
    const mark = { height: height(1), hash: hashOf("a1") };
    const created = { outputs, time: unixSeconds(5), kind: "coinstake" } as const;
    await city.store.apply(0, [
      { key, mark, created, spent: 0b10 },
      { key, mark: { ...mark, hash: BASE_HASH }, created, spent: 0 },
    ]);
    const raw = await createDynamoTable({
      client: city.client,
      table: `${city.tables.coins}-g0`,
    }).get({ k: binary(Uint8Array.from([...txidOf("x"), 0, 0])) });
    expect(Object.keys(raw ?? {}).sort()).toEqual(["c", "f", "k", "o", "t", "x1"]);
    expect(raw?.["o"]?.B).toHaveLength(9 + 3 + 32 + 9 + 2);
    expect(raw?.["x1"]?.BS?.map((one) => one.length)).toEqual([36]);
    expect(raw?.["c"]?.BS?.map((one) => Buffer.from(one).toString("hex")).sort()).toEqual(
      [Buffer.from(encodeMark(mark)).toString("hex"), `00000001${"f".repeat(64)}`].sort(),
    );
    const [item] = await city.store.read(0, [key]);
    if (item === undefined) throw new RangeError("nothing was read");
    const coin = coinAt(tip, item, 0, new Map());
    expect(coin?.scriptPubKey).toEqual(Uint8Array.of(0xff));
    expect(coin).toMatchObject({ value: 7n, kind: "coinstake", time: 5 });
  });

  it.each([
    ["a short mark", { c: binarySet([new Uint8Array(35)]) }],
    ["an unknown kind", { o: binary(new Uint8Array(9)), t: numeric(1), f: numeric(3) }],
    ["no time", { o: binary(new Uint8Array(9)), f: numeric(0) }],
    ["marks of another type", { x0: text("a") }],
  ])("with %s is a broken store", (_, item) => {
    expect(() => decodeCoinItem(item)).toThrow(
      expect.objectContaining({ code: "EXOS-E8107", retryable: false }),
    );
  });
});

describe("a transaction", () => {
  it.each([8, 64, 65, 900])("of %i outputs is found whole", async (outputs) => {
    const city = await openCity();
    await city.store.apply(0, testBlock(1, "a", { x: outputs, y: 3 }).marks);
    const items = await city.store.readTransaction(0, txidOf("x"));
    expect(items).toHaveLength(Math.ceil(outputs / 8));
  });
});

describe("a scan", () => {
  it("that does not fit into memory is sorted on disk, which is left clean", async () => {
    const folder = temporaryFolder();
    const city = await openCity({
      sort: (items) => sortedItems(items, { folder, batchItems: 3, runBatches: 2 }),
    });
    const tip = await start(city);
    const names = Array.from({ length: 40 }, (_, at) => [`tx${at}`, 1 + (at % 12)] as const);
    const block = testBlock(1, "a", Object.fromEntries(names), ["tx3:0", "old:9"]);
    await city.store.apply(0, block.marks);
    const found: string[] = [];
    for await (const { key, item } of city.store.scan(tip)) {
      if (found.length === 0) expect(readdirSync(folder)).toHaveLength(1);
      expect(item).toEqual((await city.store.read(0, [key]))[0]);
      found.push(key);
    }
    expect(found).toEqual(block.marks.map(({ key }) => key).sort());
    for await (const _ of city.store.scan(tip)) break;
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is not begun by who has no disk, and says which it has when that cannot be written", async () => {
    const nowhere = join(temporaryFolder(), "a file");
    writeFileSync(nowhere, "");
    const tables = await makeCityTables(endpoint.client(), ["chain", "coins"]);
    const scan = async (sort: SortItems | undefined) => {
      const city = storeOf(tables, { sort });
      const tip = (await city.store.tip()) ?? (await start(city));
      await city.store.apply(0, testBlock(1, "a", { x: 1, y: 1 }).marks);
      for await (const _ of city.store.scan(tip));
    };
    await expect(scan(undefined)).rejects.toThrow(RangeError);
    const found = scan((items) =>
      sortedItems(items, { folder: nowhere, batchItems: 1, runBatches: 1 }),
    );
    await expect(found).rejects.toMatchObject({ name: "StoreFault", code: "EXOS-E1008" });
    await expect(found).rejects.toThrow(nowhere);
  });

  it("of a generation that was dropped meanwhile is to be started over", async () => {
    const city = await openCity();
    const tip = await start(city);
    const gone = { ...tip, gen: await city.store.createGeneration() };
    await city.store.dropGeneration(gone.gen);
    const fault = { name: "StoreFault", retryable: true };
    await expect(city.store.scan(gone)[Symbol.asyncIterator]().next()).rejects.toMatchObject(fault);
  });
});

describe("a table that is not there", () => {
  it("although the tip names it is a fault of the city, for reads and for marks", async () => {
    const city = await openCity();
    const { store } = storeOf({ ...city.tables, coins: "exos-test-absent" });
    await start(city);
    const fault = { code: "EXOS-E8102", retryable: false };
    await expect(store.read(0, [coinKeyOf(txidOf("x"), 0)])).rejects.toMatchObject(fault);
    await expect(store.apply(0, testBlock(1, "a", { x: 1 }).marks)).rejects.toMatchObject(fault);
  });
});

describe("generations", () => {
  it("are numbered from one count, and say how far they are", async () => {
    const city = await openCity();
    await start(city);
    const others = [city.store, storeOf(city.tables).store];
    const made = await Promise.all(others.map((store) => store.createGeneration()));
    expect(made.sort()).toEqual([1, 2]);
    const stateOf = async (generation: number) =>
      (await city.chain.get({ pk: text(`G#${generation}`), sk: KEY_OF_TIP.sk }))?.["state"]?.S;
    expect(await stateOf(2)).toBe("filling");
    await city.store.dropGeneration(2);
    await city.store.dropGeneration(2);
    expect(await stateOf(2)).toBe("dropped");
    expect(await city.store.createGeneration()).toBe(3);
  });
});
