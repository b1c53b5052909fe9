import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { type CityTable, tableInput, WRITE_UNITS_MAX } from "./table-shapes.ts";

/** Stands for no ceiling. @source Amazon DynamoDB API, OnDemandThroughput */
const NO_CEILING = -1;

/** What DynamoDB Local says of one that is left away, where DynamoDB takes it for none. */
const BOTH_WANTED = /throughput must be at least 1, and cannot be null/;

/** Nor does DynamoDB count ceilings of tables on demand against a quota of throughput. */
const COUNTED = /Cannot increase provisioned throughput to more than [\d,]+ units per account/;

/**
 * Ask for the table of a kind, with its ceiling of writes: a ceiling of money. Reads have none, and
 * an engine that wants to hear so, which is not DynamoDB, is asked again with the word for it; where
 * its quota leaves no room for ceilings, without any.
 *
 * @throws what the client throws, such as `ResourceInUseException` where there is such a table
 */
export async function createCityTable(
  { client }: { readonly client: Pick<DynamoDBClient, "send"> },
  table: CityTable,
  { name, ...more }: { readonly name: string } & Partial<CreateTableCommandInput>,
): Promise<void> {
  const ceiling = { MaxWriteRequestUnits: WRITE_UNITS_MAX[table] };
  const ask = (OnDemandThroughput: CreateTableCommandInput["OnDemandThroughput"]) =>
    client.send(
      new CreateTableCommand({ ...tableInput(table, name), ...more, OnDemandThroughput }),
    );
  try {
    await ask(ceiling);
  } catch (refusal) {
    if (!says(refusal, BOTH_WANTED)) throw refusal;
    try {
      await ask({ ...ceiling, MaxReadRequestUnits: NO_CEILING });
    } catch (second) {
      if (!says(second, COUNTED)) throw second;
      await ask(undefined);
    }
  }
}

function says(cause: unknown, words: RegExp): boolean {
  return cause instanceof Error && words.test(cause.message);
}
