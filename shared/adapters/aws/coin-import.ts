import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeImportCommand,
  type DynamoDBClient,
  type ImportTableDescription,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { awsFaultOf } from "./aws-fault.ts";
import { nextGeneration, noteGeneration } from "./coin-generations.ts";
import { coinItemKey, importedCoinItem } from "./dynamo-coin-item.ts";
import { createDynamoTable } from "./dynamo-table.ts";
import { createImportFiles } from "./import-files.ts";
import type { S3Objects } from "./s3-objects.ts";
import { generationTable } from "./table-shapes.ts";

const LOOK_MS = 5_000;
/** Looks until an import counts as stuck: two hours. */
const LOOKS_MAX = 1_440;

export interface CoinImportOptions {
  readonly client: Pick<DynamoDBClient, "send">;
  /** Name of the table `chain`, and of the tables `coins` up to the generation. */
  readonly tables: { readonly chain: string; readonly coins: string };
  /** The bucket `chain`. */
  readonly objects: S3Objects;
  /** Folder of the files, such as `snapshots/123999-0a1b2c3d`. */
  readonly folder: string;
  readonly clock: Pick<Clock, "now">;
  readonly fileBytes?: number;
  /** Milliseconds; given by tests, which wait for nothing. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** A new generation of coins whose table is made by an import from files. */
export interface CoinImport {
  /** Where a snapshot is filled into; each item must come once and whole. */
  readonly coins: Pick<CoinStore, "createGeneration" | "apply" | "dropGeneration">;
  /**
   * Make the table of everything that was applied, and wait until it is there.
   *
   * @returns `false` where the endpoint knows no imports, and of nothing: no table is there then
   */
  finish(generation: number): Promise<boolean>;
}

/**
 * Fill a generation by ImportTable, at a tenth of the price of writing its items: they are written as
 * files, `import-<n>.json.gz`, and become a new table at once.
 *
 * @throws StoreFault when the import failed, or took other than every item
 * @source cloud.md 5.4
 */
export function createCoinImport(options: CoinImportOptions): CoinImport {
  const { folder, clock } = options;
  const chain = createDynamoTable({ ...options, table: options.tables.chain });
  const tableOf = (generation: number) => generationTable(options.tables.coins, generation);
  const note = (generation: number, state: "filling" | "loaded" | "dropped") =>
    noteGeneration(chain, generation, { table: tableOf(generation), state, at: clock.now() });
  const files = createImportFiles({ ...options, kind: "coins", prefix: `${folder}/import-` });

  return {
    coins: {
      async createGeneration() {
        // What an import that died left behind would be read as well.
        await files.clear();
        const generation = await nextGeneration(chain);
        await note(generation, "filling");
        return generation;
      },
      async apply(_, marks) {
        for (const one of marks)
          await files.add({ ...coinItemKey(one.key), ...importedCoinItem(one) });
      },
      async dropGeneration(generation) {
        await files.clear();
        await note(generation, "dropped");
      },
    },
    async finish(generation) {
      const table = tableOf(generation);
      const asked = await files.importAs(table);
      if (asked === undefined) {
        await files.clear();
        await note(generation, "dropped");
        return false;
      }
      const { ImportedItemCount, ErrorCount = 0 } = await awaitImport(options, table, asked);
      if (ImportedItemCount !== files.items || ErrorCount !== 0) {
        throw new StoreFault(
          `importing ${table}: ${ImportedItemCount} of ${files.items} items, ${ErrorCount} errors`,
          { retryable: false, code: "EXOS-E8107" },
        );
      }
      await protectTable(options, table);
      await note(generation, "loaded");
      await files.clear();
      return true;
    },
  };
}

async function awaitImport(
  { client, pause = sleep }: CoinImportOptions,
  table: string,
  asked: ImportTableDescription,
): Promise<ImportTableDescription> {
  const doing = `importing ${table}`;
  const { ImportArn } = asked;
  let state = asked;
  for (let look = 0; look < LOOKS_MAX && state.ImportStatus === "IN_PROGRESS"; look++) {
    await pause(LOOK_MS);
    try {
      const { ImportTableDescription = {} } = await client.send(
        new DescribeImportCommand({ ImportArn }),
      );
      state = ImportTableDescription;
    } catch (cause) {
      const fault = awsFaultOf(cause, doing);
      // The import goes on whether this look was answered or not.
      if (!fault.retryable || look === LOOKS_MAX - 1) throw fault;
    }
  }
  if (state.ImportStatus === "COMPLETED") return state;
  const { ImportStatus, FailureCode, FailureMessage } = state;
  throw new StoreFault(`${doing}: ${ImportStatus}, ${FailureCode}, ${FailureMessage}`, {
    retryable: false,
    code: "EXOS-E8100",
  });
}

/** What an import cannot say of its table. */
async function protectTable({ client }: CoinImportOptions, TableName: string): Promise<void> {
  try {
    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
  } catch (cause) {
    throw awsFaultOf(cause, `protecting ${TableName}`);
  }
}
