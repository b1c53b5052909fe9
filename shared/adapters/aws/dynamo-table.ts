import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { awsFaultOf } from "./aws-fault.ts";
import { type BatchWeather, readBatches } from "./dynamo-batch.ts";
import { type DynamoExpression, placeholdersOf } from "./dynamo-expression.ts";
import type { DynamoItem } from "./dynamo-item.ts";

/** A range of one partition, in order of the sort key. */
export interface DynamoQuery {
  /** On the key, such as `#pk = :pk AND #sk > :from`. */
  readonly where: DynamoExpression;
  readonly descending?: boolean;
  /** Most items wanted; all when absent. A page is never larger. */
  readonly limit?: number;
  /** Items that one request reads, for who may stop early; as many as fit into 1 MB when absent. */
  readonly pageItems?: number;
  /** Attributes wanted; all when absent. The price is that of the whole items all the same. */
  readonly only?: readonly string[];
}

/** One of several parts of a whole table, which cover it once. */
export interface DynamoSegment {
  readonly segment: number;
  readonly of: number;
  /** Which items are wanted; all when absent. Those that are not are read, and paid, all the same. */
  readonly where?: DynamoExpression;
  /** Attributes wanted; all when absent. */
  readonly only?: readonly string[];
}

/**
 * What a read of one item or a query sees: all that was written before it, or, for half the price,
 * what a copy has that may lag behind for a second.
 * @source Amazon DynamoDB Developer Guide, "DynamoDB read consistency"
 */
export type DynamoReads = "strong" | "lagging";

/**
 * One table, by strong reads (but for one that was opened to lag) and writes of single items. Every method throws StoreFault; what a
 * condition refused is an answer, `false`. A conditional write that answers `false` may be ours all
 * the same: the client sends it again when its first answer was lost.
 */
export interface DynamoTable {
  readonly name: string;
  get(key: DynamoItem): Promise<DynamoItem | undefined>;
  /** @param keys any number, doubles too @returns in the order asked */
  getMany(keys: readonly DynamoItem[]): Promise<(DynamoItem | undefined)[]>;
  /** Replaces the whole item. @returns whether the condition held */
  put(item: DynamoItem, condition?: DynamoExpression): Promise<boolean>;
  /** Makes the item when there is none. @returns whether the condition held */
  update(key: DynamoItem, change: DynamoExpression, condition?: DynamoExpression): Promise<boolean>;
  /** @returns the item as it is after the change, which a condition cannot refuse */
  updated(key: DynamoItem, change: DynamoExpression): Promise<DynamoItem>;
  /** Nothing to delete is no failure. @returns whether the condition held */
  delete(key: DynamoItem, condition?: DynamoExpression): Promise<boolean>;
  /** Page by page; stopping early asks for no further one. */
  query(query: DynamoQuery): AsyncGenerator<DynamoItem>;
  /** Page by page, in no order. Only for loading and export: never in the path of a request. */
  scan(part: DynamoSegment): AsyncGenerator<readonly DynamoItem[]>;
}

export interface DynamoTableOptions extends BatchWeather {
  readonly client: Pick<DynamoDBClient, "send">;
  readonly table: string;
  /** Strong unless said: only for who asks again soon, and writes nothing by what was read. */
  readonly reads?: DynamoReads;
}

/** Whether the request was carried out; `false` when its condition refused it. */
async function ifHeld(request: Promise<unknown>, doing: string): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (cause) {
    if (cause instanceof ConditionalCheckFailedException) return false;
    throw awsFaultOf(cause, doing);
  }
}

async function orFault<Answer>(request: Promise<Answer>, doing: string): Promise<Answer> {
  try {
    return await request;
  } catch (cause) {
    throw awsFaultOf(cause, doing);
  }
}

const conditionOf = (condition: DynamoExpression | undefined) =>
  condition === undefined ? {} : { ConditionExpression: condition.text };

/** @source cloud.md 0, 3.4, 7.1 */
export function createDynamoTable(options: DynamoTableOptions): DynamoTable {
  const { client, table: TableName, reads } = options;
  const ConsistentRead = reads !== "lagging";
  return {
    name: TableName,
    async get(Key) {
      const request = client.send(new GetItemCommand({ TableName, Key, ConsistentRead }));
      return (await orFault(request, `reading ${TableName}`)).Item;
    },
    getMany: (keys) => readBatches(options, keys),
    put(Item, condition) {
      const command = new PutItemCommand({
        TableName,
        Item,
        ...conditionOf(condition),
        ...placeholdersOf(condition),
      });
      return ifHeld(client.send(command), `putting into ${TableName}`);
    },
    update(Key, change, condition) {
      const command = new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: change.text,
        ...conditionOf(condition),
        ...placeholdersOf(change, condition),
      });
      return ifHeld(client.send(command), `updating ${TableName}`);
    },
    async updated(Key, change) {
      const command = new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: change.text,
        ReturnValues: "ALL_NEW",
        ...placeholdersOf(change),
      });
      return (await orFault(client.send(command), `updating ${TableName}`)).Attributes ?? {};
    },
    delete(Key, condition) {
      const command = new DeleteItemCommand({
        TableName,
        Key,
        ...conditionOf(condition),
        ...placeholdersOf(condition),
      });
      return ifHeld(client.send(command), `deleting from ${TableName}`);
    },
    query: (query) => queryPages(options, query),
    scan: (part) => scanPages(options, part),
  };
}

function projectionOf(only: readonly string[] | undefined): DynamoExpression | undefined {
  return only && { text: only.map((name) => `#${name}`).join(", ") };
}

async function* queryPages(
  { client, table: TableName, reads }: DynamoTableOptions,
  query: DynamoQuery,
): AsyncGenerator<DynamoItem> {
  const { where, descending = false, limit = Number.POSITIVE_INFINITY, only } = query;
  const { pageItems = Number.POSITIVE_INFINITY } = query;
  const projection = projectionOf(only);
  let start: DynamoItem | undefined;
  let left = limit;
  do {
    const Limit = Math.min(left, pageItems);
    const command = new QueryCommand({
      TableName,
      KeyConditionExpression: where.text,
      ConsistentRead: reads !== "lagging",
      ScanIndexForward: !descending,
      ...(projection !== undefined && { ProjectionExpression: projection.text }),
      ...(Number.isFinite(Limit) && { Limit }),
      ...(start !== undefined && { ExclusiveStartKey: start }),
      ...placeholdersOf(where, projection),
    });
    const { Items = [], LastEvaluatedKey } = await orFault(
      client.send(command),
      `querying ${TableName}`,
    );
    yield* Items;
    left -= Items.length;
    start = LastEvaluatedKey;
  } while (start !== undefined && left > 0);
}

async function* scanPages(
  { client, table: TableName }: DynamoTableOptions,
  { segment: Segment, of: TotalSegments, where, only }: DynamoSegment,
): AsyncGenerator<readonly DynamoItem[]> {
  const projection = projectionOf(only);
  let start: DynamoItem | undefined;
  do {
    const command = new ScanCommand({
      TableName,
      ConsistentRead: true,
      Segment,
      TotalSegments,
      ...(where !== undefined && { FilterExpression: where.text }),
      ...(projection !== undefined && { ProjectionExpression: projection.text }),
      ...placeholdersOf(where, projection),
      ...(start !== undefined && { ExclusiveStartKey: start }),
    });
    const { Items = [], LastEvaluatedKey } = await orFault(
      client.send(command),
      `scanning ${TableName}`,
    );
    yield Items;
    start = LastEvaluatedKey;
  } while (start !== undefined);
}
