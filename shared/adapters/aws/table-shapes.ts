import type { CreateTableCommandInput, ScalarAttributeType } from "@aws-sdk/client-dynamodb";

/** The tables of a city whose shape is fixed here; coins and index come in generations. */
export type CityTable = "chain" | "coins" | "index" | "pool";

interface KeyShape {
  readonly partition: readonly [name: string, type: ScalarAttributeType];
  readonly sort: readonly [name: string, type: ScalarAttributeType] | undefined;
}

/** Keys of each table. @source cloud.md 3 */
export const TABLE_KEYS: Readonly<Record<CityTable, KeyShape>> = {
  chain: { partition: ["pk", "S"], sort: ["sk", "B"] },
  coins: { partition: ["k", "B"], sort: undefined },
  index: { partition: ["pk", "B"], sort: ["sk", "B"] },
  pool: { partition: ["pk", "S"], sort: ["sk", "B"] },
};

/** Most write units a second of each table: a ceiling of money. @source cloud.md 3 */
export const WRITE_UNITS_MAX: Readonly<Record<CityTable, number>> = {
  chain: 2_000,
  coins: 4_000,
  index: 2_000,
  pool: 500,
};

/** What CreateTable is asked for: on demand, no index, no stream, the ceiling of the table. */
export function tableInput(table: CityTable, TableName: string): CreateTableCommandInput {
  const { partition, sort } = TABLE_KEYS[table];
  const keys = sort === undefined ? [partition] : [partition, sort];
  return {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: keys.map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: keys.map(([AttributeName], at) => ({
      AttributeName,
      KeyType: at === 0 ? "HASH" : "RANGE",
    })),
  };
}

/** Name of the table of one generation. @param base as `EXOS_TABLE_COINS` or `EXOS_TABLE_INDEX` has it */
export function generationTable(base: string, generation: number): string {
  return `${base}-g${generation}`;
}
