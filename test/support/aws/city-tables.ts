import { randomBytes } from "node:crypto";
import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { type CityTable, generationTable, tableInput } from "#shared/adapters/aws/table-shapes.ts";

/** Names as the environment of a city has them: `coins` and `index` without their generation. */
export type CityTables = Readonly<Record<CityTable, string>>;

const TABLES: readonly CityTable[] = ["chain", "coins", "index", "pool"];

/**
 * The tables of a new city, `coins-g0` and `index-g0` included, under names that nobody else has: of
 * `syd` in `local`, and with a number of their own.
 * Empty, and ready when this returns.
 */
export async function makeCityTables(
  client: Pick<DynamoDBClient, "send">,
  wanted: readonly CityTable[] = TABLES,
): Promise<CityTables> {
  const prefix = `exos-local-syd-t${randomBytes(6).toString("hex")}`;
  const nameOf = (table: CityTable): string => `${prefix}-${table}`;
  await Promise.all(
    wanted.map((table) => {
      const hasGenerations = table === "coins" || table === "index";
      const name = hasGenerations ? generationTable(nameOf(table), 0) : nameOf(table);
      return makeTable(client, table, name);
    }),
  );
  return {
    chain: nameOf("chain"),
    coins: nameOf("coins"),
    index: nameOf("index"),
    pool: nameOf("pool"),
  };
}

async function makeTable(
  client: Pick<DynamoDBClient, "send">,
  table: CityTable,
  TableName: string,
): Promise<void> {
  await client.send(new CreateTableCommand(tableInput(table, TableName)));
  for (let look = 0; look < 10_000; look++) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === "ACTIVE") return;
  }
  throw new RangeError(`${TableName} does not become active`);
}
