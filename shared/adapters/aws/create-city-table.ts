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

/**
 * Ask for the table of a kind, with its ceiling of writes: a ceiling of money. Reads have none, and
 * an engine that wants to hear so is asked again with the word for it.
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
  } catch (cause) {
    if (!(cause instanceof Error && BOTH_WANTED.test(cause.message))) throw cause;
    await ask({ ...ceiling, MaxReadRequestUnits: NO_CEILING });
  }
}
