import {
  type DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { awsFaultOf } from "./aws-fault.ts";
import { createCityTable } from "./create-city-table.ts";
import { createDynamoTable, type DynamoTable } from "./dynamo-table.ts";
import { generationTable } from "./table-shapes.ts";

/** The generations of the index: tables of one shape, of which the follower's cursor names one. */
export interface IndexTables {
  open(generation: number): DynamoTable;
  /**
   * Make the table of a new generation.
   * @returns whether this call made it; `false` where there was one
   */
  create(generation: number): Promise<boolean>;
}

const READY_SECONDS = 120;

/** @param options `name` as `EXOS_TABLE_INDEX` has it */
export function createIndexTables(options: {
  readonly client: DynamoDBClient;
  readonly name: string;
}): IndexTables {
  const { client, name } = options;
  return {
    open: (generation) => createDynamoTable({ client, table: generationTable(name, generation) }),
    async create(generation) {
      const table = generationTable(name, generation);
      try {
        await createCityTable({ client }, "index", { name: table });
        const wait = { client, maxWaitTime: READY_SECONDS, minDelay: 1, maxDelay: 4 };
        await waitUntilTableExists(wait, { TableName: table });
        return true;
      } catch (cause) {
        if (cause instanceof ResourceInUseException) return false;
        throw awsFaultOf(cause, `making ${table}`);
      }
    },
  };
}
