import { gunzipSync } from "node:zlib";
import {
  type AttributeValue,
  type DescribeTableCommand,
  type DynamoDBClient,
  ImportTableCommand,
  PutItemCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import { createCityTable } from "#shared/adapters/aws/create-city-table.ts";
import type { S3Objects } from "#shared/adapters/aws/s3-objects.ts";
import type { CityTable } from "#shared/adapters/aws/table-shapes.ts";

type Line = { readonly Item: Record<string, AttributeValue> };

const fromBase64 = (value: unknown): Uint8Array =>
  Uint8Array.from(Buffer.from(String(value), "base64"));

/** DynamoDB's JSON, whose binary values are base64. */
function readLine(line: string): Line {
  const read = JSON.parse(line, (name, value: unknown): unknown => {
    if (name === "B") return fromBase64(value);
    return name === "BS" && Array.isArray(value) ? value.map(fromBase64) : value;
  });
  // What is no item, the table refuses.
  return read as Line;
}

/**
 * The two calls that dynalite does not know, as Amazon describes them: ImportTable, of which every
 * line becomes an item, and the protection of a table.
 *
 * @param kind of the tables that are imported
 */
export function importingClient(client: DynamoDBClient, objects: S3Objects, kind: CityTable) {
  const protectedTables: (string | undefined)[] = [];
  const send = async (command: unknown) => {
    if (command instanceof UpdateTableCommand) {
      if (command.input.DeletionProtectionEnabled !== true) throw new RangeError("not protected");
      protectedTables.push(command.input.TableName);
      return {};
    }
    if (!(command instanceof ImportTableCommand))
      return client.send(command as DescribeTableCommand);
    const { S3BucketSource, TableCreationParameters } = command.input;
    const TableName = TableCreationParameters?.TableName ?? "";
    await createCityTable({ client }, kind, { name: TableName });
    let ImportedItemCount = 0;
    for await (const { key } of objects.list(S3BucketSource?.S3KeyPrefix ?? "")) {
      const text = gunzipSync((await objects.get(key))?.bytes ?? new Uint8Array(0)).toString();
      const items = text.trimEnd().split("\n").map(readLine);
      await Promise.all(
        items.map((item) => client.send(new PutItemCommand({ TableName, ...item }))),
      );
      ImportedItemCount += items.length;
    }
    const done = { ImportStatus: "COMPLETED", ImportedItemCount, ErrorCount: 0 };
    return { ImportTableDescription: done };
  };
  return { client: { send: send as DynamoDBClient["send"] }, protectedTables };
}
