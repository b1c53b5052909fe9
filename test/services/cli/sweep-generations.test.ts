import { DescribeTableCommand, ResourceNotFoundException } from "@aws-sdk/client-dynamodb";
import { afterAll, describe, expect, it } from "vitest";
import { sweepGenerations } from "#services/cli/fleet/sweep-generations.ts";
import { createCityGenerations } from "#shared/adapters/aws/city-generations.ts";
import { createCoinTable, noteGeneration } from "#shared/adapters/aws/coin-generations.ts";
import { createDynamoCursors } from "#shared/adapters/aws/dynamo-cursors.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { tipItem } from "#shared/adapters/aws/dynamo-tip.ts";
import { createIndexTables } from "#shared/adapters/aws/index-tables.ts";
import { OLD_SECONDS } from "#shared/ports/generations.ts";
import { type HashHex, height, unixSeconds } from "#shared/primitives/brand.ts";
import { makeCityTables } from "../../support/aws/city-tables.ts";
import { openDynamoEndpoint } from "../../support/aws/dynamo-endpoint.ts";

const endpoint = await openDynamoEndpoint();
afterAll(() => endpoint[Symbol.asyncDispose]());

const HASH = "ab".repeat(32) as HashHex;
const START = 1_800_000_000;

/** A city with `coins-g0` to `-g2` and `index-g0` to `-g2`, whose readers stand where they are told. */
async function city() {
  const client = endpoint.client();
  const tables = await makeCityTables(client, ["chain", "coins", "index"]);
  const pause = async () => undefined;
  const index = createIndexTables({ client, name: tables.index });
  for (const generation of [1, 2]) {
    await createCoinTable({ client, pause }, `${tables.coins}-g${generation}`);
    await index.create(generation);
  }
  const chain = createDynamoTable({ client, table: tables.chain });
  let now = START;
  const clock = { now: () => unixSeconds(now) };
  const deps = { generations: createCityGenerations({ client, tables, clock, pause }), clock };
  return {
    tables,
    chain,
    deps,
    later: (seconds: number) => {
      now += seconds;
    },
    async readCoins(gen: number) {
      const at = height(7);
      const place = { height: at, floor: at, final: at, base: at };
      const tip = { ...place, rev: 1, gen, hash: HASH, work: 1n, win: [HASH], mu: undefined };
      await chain.put(tipItem({ tip, frozen: [] }, { by: new Uint8Array(16), at: now }));
    },
    readIndex: (generation: number) =>
      createDynamoCursors(chain).set("index", {
        rev: 1,
        height: height(7),
        hash: HASH,
        generation,
      }),
    async sweep() {
      const swept = await sweepGenerations(deps);
      const prefix = tables.chain.slice(0, -"chain".length);
      return Object.fromEntries(
        swept.map(({ table, state }) => [table.replace(prefix, ""), state]),
      );
    },
    async isThere(TableName: string) {
      try {
        await client.send(new DescribeTableCommand({ TableName }));
        return true;
      } catch (cause) {
        if (cause instanceof ResourceNotFoundException) return false;
        throw cause;
      }
    },
  };
}

describe("the sweep of a city's generations", () => {
  it("deletes what is older than what is in use, a day after it saw so", async () => {
    const { readCoins, readIndex, sweep, later, isThere, tables, deps } = await city();
    await readCoins(1);
    await readIndex(2);
    const noted = {
      "coins-g0": "stack",
      "coins-g1": "live",
      "coins-g2": "newer",
      "index-g0": "stack",
      "index-g1": "waits",
      "index-g2": "live",
    };
    expect(await sweep()).toEqual(noted);
    later(OLD_SECONDS - 1);
    expect(await sweep()).toEqual(noted);
    later(1);
    const looked = await sweepGenerations(deps, { dryRun: true });
    expect(looked.filter(({ state }) => state === "dropped")).toHaveLength(1);
    for (const { table } of looked) expect(await isThere(table), table).toBe(true);
    expect(await sweep()).toEqual({ ...noted, "index-g1": "dropped" });
    expect(await isThere(`${tables.index}-g1`)).toBe(false);
    // Protected tables go as well, and newer ones stay.
    await readCoins(2);
    expect(await sweep()).toMatchObject({ "coins-g1": "waits", "coins-g2": "live" });
    later(OLD_SECONDS);
    expect(await sweep()).toEqual({
      "coins-g0": "stack",
      "coins-g1": "dropped",
      "coins-g2": "live",
      "index-g0": "stack",
      "index-g2": "live",
    });
    // CloudFormation goes on with what its stack made.
    for (const kind of ["coins", "index"] as const)
      expect(await isThere(`${tables[kind]}-g0`)).toBe(true);
    expect(await isThere(`${tables.coins}-g1`)).toBe(false);
  });

  it("deletes nothing of a city without a tip and a cursor, whatever its notes say", async () => {
    const { sweep, chain, tables, isThere } = await city();
    const table = `${tables.coins}-g0`;
    await noteGeneration(chain, 0, { table, state: "old", at: 1 });
    expect(new Set(Object.values(await sweep()))).toEqual(new Set(["unknown"]));
    expect(await isThere(table)).toBe(true);
  });

  it("never deletes the one in use, even if it came into use a moment ago", async () => {
    const { readCoins, deps, isThere, tables } = await city();
    await readCoins(0);
    const [first] = await deps.generations.list();
    expect(first).toMatchObject({ kind: "coins", generation: 0 });
    if (first !== undefined) await expect(deps.generations.drop(first)).rejects.toThrow("in use");
    expect(await isThere(`${tables.coins}-g0`)).toBe(true);
  });
});
