import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import {
  DescribeImportCommand,
  type DynamoDBClient,
  ImportTableCommand,
  type ImportTableDescription,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import type { ItemMarks } from "#shared/coins/coin-item.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { awsFaultOf } from "./aws-fault.ts";
import { nextGeneration, noteGeneration } from "./coin-generations.ts";
import { coinItemKey, importedCoinItem } from "./dynamo-coin-item.ts";
import type { DynamoItem } from "./dynamo-item.ts";
import { createDynamoTable } from "./dynamo-table.ts";
import type { S3Objects } from "./s3-objects.ts";
import { generationTable, tableInput, WRITE_UNITS_MAX } from "./table-shapes.ts";

const compress = promisify(gzip);
/** Text of one file before it is compressed: small enough for the memory, few enough to list. */
const FILE_BYTES = 32 * 1_048_576;
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
 * compressed lines of DynamoDB's own JSON, `import-<n>.json.gz`, and become a new table at once.
 *
 * @throws StoreFault when the import failed, or took other than every item
 * @source cloud.md 5.4
 */
export function createCoinImport(options: CoinImportOptions): CoinImport {
  const { objects, folder, clock, fileBytes = FILE_BYTES } = options;
  const chain = createDynamoTable({ ...options, table: options.tables.chain });
  const tableOf = (generation: number) => generationTable(options.tables.coins, generation);
  const note = (generation: number, state: "filling" | "loaded" | "dropped") =>
    noteGeneration(chain, generation, { table: tableOf(generation), state, at: clock.now() });
  const prefix = `${folder}/import-`;
  let files = 0;
  let items = 0;
  let lines: string[] = [];
  let bytes = 0;

  async function writeFile(): Promise<void> {
    if (lines.length === 0) return;
    const text = new TextEncoder().encode(lines.join(""));
    await objects.put(`${prefix}${files}.json.gz`, Uint8Array.from(await compress(text)));
    files++;
    lines = [];
    bytes = 0;
  }

  async function removeFiles(): Promise<void> {
    for await (const { key } of objects.list(prefix)) await objects.delete(key);
  }

  return {
    coins: {
      async createGeneration() {
        // What an import that died left behind would be read as well.
        await removeFiles();
        const generation = await nextGeneration(chain);
        await note(generation, "filling");
        return generation;
      },
      async apply(_, marks) {
        for (const one of marks) {
          const line = importLine(one);
          lines.push(line);
          items++;
          bytes += line.length;
          if (bytes >= fileBytes) await writeFile();
        }
      },
      async dropGeneration(generation) {
        await removeFiles();
        await note(generation, "dropped");
      },
    },
    async finish(generation) {
      await writeFile();
      const asked = { table: tableOf(generation), prefix };
      const done = files === 0 ? undefined : await importTable(options, asked);
      if (done === undefined) {
        await removeFiles();
        await note(generation, "dropped");
        return false;
      }
      if (done.ImportedItemCount !== items || (done.ErrorCount ?? 0) !== 0) {
        throw new StoreFault(
          `importing ${tableOf(generation)}: ${done.ImportedItemCount} of ${items} items, ${done.ErrorCount} errors`,
          { retryable: false, code: "EXOS-E8107" },
        );
      }
      await protectTable(options, tableOf(generation));
      await note(generation, "loaded");
      await removeFiles();
      return true;
    },
  };
}

/** One item as a line of a file. */
function importLine(marks: ItemMarks): string {
  const item = { ...coinItemKey(marks.key), ...importedCoinItem(marks) };
  return `${JSON.stringify({ Item: jsonItem(item) })}\n`;
}

/** Binary values as base64, as DynamoDB's JSON has them. */
function jsonItem(item: DynamoItem): Record<string, unknown> {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const values = Object.entries(item).map(([name, value]) => {
    if (value.B !== undefined) return [name, { B: base64(value.B) }];
    if (value.BS !== undefined) return [name, { BS: value.BS.map(base64) }];
    return [name, value];
  });
  return Object.fromEntries(values);
}

/** @returns `undefined` where there is no such request */
async function importTable(
  { client, objects, pause = sleep }: CoinImportOptions,
  { table, prefix }: { readonly table: string; readonly prefix: string },
): Promise<ImportTableDescription | undefined> {
  const doing = `importing ${table}`;
  const { BillingMode, AttributeDefinitions, KeySchema } = tableInput("coins", table);
  const ask = (request: Promise<{ ImportTableDescription: ImportTableDescription | undefined }>) =>
    request.then(
      (answer) => answer.ImportTableDescription ?? {},
      (cause: unknown) => Promise.reject(awsFaultOf(cause, doing)),
    );
  const first = await ask(
    client.send(
      new ImportTableCommand({
        S3BucketSource: { S3Bucket: objects.bucket, S3KeyPrefix: prefix },
        InputFormat: "DYNAMODB_JSON",
        InputCompressionType: "GZIP",
        // The same table and files are the same import, however often it is asked for.
        ClientToken: table,
        TableCreationParameters: {
          TableName: table,
          BillingMode,
          AttributeDefinitions,
          KeySchema,
          OnDemandThroughput: { MaxWriteRequestUnits: WRITE_UNITS_MAX.coins },
        },
      }),
    ),
  ).catch((cause: unknown) => (isUnknown(cause) ? undefined : Promise.reject(cause)));
  if (first === undefined) return undefined;
  let state = first;
  const { ImportArn } = first;
  for (let look = 0; look < LOOKS_MAX && state.ImportStatus === "IN_PROGRESS"; look++) {
    await pause(LOOK_MS);
    state = await ask(client.send(new DescribeImportCommand({ ImportArn })));
  }
  if (state.ImportStatus === "COMPLETED") return state;
  const { ImportStatus, FailureCode, FailureMessage } = state;
  throw new StoreFault(`${doing}: ${ImportStatus}, ${FailureCode}, ${FailureMessage}`, {
    retryable: false,
    code: "EXOS-E8100",
  });
}

/** What an engine that knows no imports answers. */
function isUnknown(fault: unknown): boolean {
  const cause = fault instanceof Error ? fault.cause : undefined;
  return cause instanceof Error && /UnknownOperation|NotImplemented/.test(cause.name);
}

/** What an import cannot say of its table. */
async function protectTable({ client }: CoinImportOptions, TableName: string): Promise<void> {
  try {
    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
  } catch (cause) {
    throw awsFaultOf(cause, `protecting ${TableName}`);
  }
}
