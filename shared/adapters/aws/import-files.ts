import { promisify } from "node:util";
import { gzip } from "node:zlib";
import {
  type DynamoDBClient,
  ImportTableCommand,
  type ImportTableDescription,
} from "@aws-sdk/client-dynamodb";
import { awsFaultOf } from "./aws-fault.ts";
import type { DynamoItem } from "./dynamo-item.ts";
import type { S3Objects } from "./s3-objects.ts";
import { type CityTable, tableInput, WRITE_UNITS_MAX } from "./table-shapes.ts";

const compress = promisify(gzip);
/** What imports of coins and of an index are made of, under whichever name a load had. */
const IMPORT_FILE = /^snapshots\/[^/]+\/(import|index)-\d+\.json\.gz$/;
/** Text of one file before it is compressed: small enough for the memory, few enough to list. */
const FILE_BYTES = 32 * 1_048_576;

export interface ImportFilesOptions {
  readonly client: Pick<DynamoDBClient, "send">;
  /** The bucket `chain`. */
  readonly objects: Pick<S3Objects, "bucket" | "put" | "list" | "delete">;
  /** Of the files, such as `snapshots/123999-0a1b2c3d/import-`. */
  readonly prefix: string;
  readonly kind: CityTable;
  readonly fileBytes?: number | undefined;
}

/** Items on their way into a table that is made of them at once. */
export interface ImportFiles {
  /** Items that were added, and files of them that were written. */
  readonly items: number;
  readonly files: number;
  add(item: DynamoItem): Promise<void>;
  /**
   * Ask for the table.
   * @returns how the import stands; `undefined` where the engine knows none, or nothing was added
   */
  importAs(table: string): Promise<ImportTableDescription | undefined>;
  /** Delete the files, those of an import that died among them. */
  clear(): Promise<void>;
}

/**
 * Items as compressed lines of DynamoDB's own JSON, of which ImportTable makes a new table at a tenth of
 * the price of writing them. It makes new tables only.
 *
 * @source cloud.md 5.4, 6
 */
export function createImportFiles(options: ImportFilesOptions): ImportFiles {
  const { objects, prefix, fileBytes = FILE_BYTES } = options;
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

  return {
    get items() {
      return items;
    },
    get files() {
      return files;
    },
    async add(item) {
      const line = `${JSON.stringify({ Item: jsonItem(item) })}\n`;
      lines.push(line);
      items++;
      bytes += line.length;
      if (bytes >= fileBytes) await writeFile();
    },
    async importAs(table) {
      await writeFile();
      return files === 0 ? undefined : askForImport(options, table);
    },
    async clear() {
      for await (const { key } of objects.list(prefix)) await objects.delete(key);
    },
  };
}

/**
 * Delete the files of every import that died. A load that begins later ends at another block, so its
 * files have another name, and nobody else would remove them: only who leases `load` has any.
 *
 * @source cloud.md 5.1
 */
export async function clearImportFiles({
  list,
  delete: remove,
}: Pick<S3Objects, "list" | "delete">): Promise<void> {
  for await (const { key } of list("snapshots/")) if (IMPORT_FILE.test(key)) await remove(key);
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

async function askForImport(
  { client, objects, prefix, kind }: ImportFilesOptions,
  TableName: string,
): Promise<ImportTableDescription | undefined> {
  const { BillingMode, AttributeDefinitions, KeySchema } = tableInput(kind, TableName);
  const command = new ImportTableCommand({
    S3BucketSource: { S3Bucket: objects.bucket, S3KeyPrefix: prefix },
    InputFormat: "DYNAMODB_JSON",
    InputCompressionType: "GZIP",
    // The same table and files are the same import, however often it is asked for.
    ClientToken: TableName,
    TableCreationParameters: {
      TableName,
      BillingMode,
      AttributeDefinitions,
      KeySchema,
      OnDemandThroughput: { MaxWriteRequestUnits: WRITE_UNITS_MAX[kind] },
    },
  });
  try {
    return (await client.send(command)).ImportTableDescription ?? {};
  } catch (cause) {
    if (isUnknown(cause)) return undefined;
    throw awsFaultOf(cause, `importing ${TableName}`);
  }
}

/** What an engine that knows no imports answers. */
function isUnknown(cause: unknown): boolean {
  return cause instanceof Error && /UnknownOperation|NotImplemented/.test(cause.name);
}
