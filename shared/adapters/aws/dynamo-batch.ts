import { setTimeout as sleep } from "node:timers/promises";
import { BatchGetItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { inParallel } from "#shared/ports/in-parallel.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { awsFaultOf } from "./aws-fault.ts";
import { type DynamoItem, keyName } from "./dynamo-item.ts";

/** Keys of one BatchGetItem. @source Amazon DynamoDB API reference, BatchGetItem */
const BATCH_KEYS = 100;
/** Batches of one read on their way at once. */
const BATCHES_AT_ONCE = 8;
/** Answers in a row that brought nothing, after which the table counts as throttled for now. */
const EMPTY_ANSWERS_MAX = 8;
const PAUSE_MS = 25;
const PAUSE_MS_MAX = 1_000;

/** What waiting between two tries needs; given by tests, which wait for nothing. */
export interface BatchWeather {
  /** Milliseconds. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
  /** A number of [0, 1). */
  readonly random?: () => number;
}

interface Source extends BatchWeather {
  readonly client: Pick<DynamoDBClient, "send">;
  readonly table: string;
}

/**
 * Read items strongly, 100 keys a request. Keys that the table left unprocessed are asked for
 * again after a pause with full jitter.
 *
 * @param keys any number; a key that comes twice is asked for once
 * @returns in the order of the keys
 * @throws StoreFault, retryable, when the table goes on leaving keys
 * @source cloud.md 3.4
 */
export async function readBatches(
  source: Source,
  keys: readonly DynamoItem[],
): Promise<(DynamoItem | undefined)[]> {
  const names = keys.map(keyName);
  const wanted = new Map<string, DynamoItem>();
  for (const [at, key] of keys.entries()) wanted.set(names[at] ?? "", key);
  const distinct = [...wanted.values()];
  const batches: DynamoItem[][] = [];
  for (let from = 0; from < distinct.length; from += BATCH_KEYS) {
    batches.push(distinct.slice(from, from + BATCH_KEYS));
  }
  const found = new Map<string, DynamoItem>();
  const attributes = Object.keys(keys[0] ?? {});
  await inParallel(batches, BATCHES_AT_ONCE, async (batch) => {
    for (const item of await readBatch(source, batch)) {
      found.set(keyName(keyOf(item, attributes)), item);
    }
  });
  return names.map((name) => found.get(name));
}

function keyOf(item: DynamoItem, attributes: readonly string[]): DynamoItem {
  return Object.fromEntries(Object.entries(item).filter(([name]) => attributes.includes(name)));
}

async function readBatch(source: Source, batch: readonly DynamoItem[]): Promise<DynamoItem[]> {
  const { client, table, pause = sleep, random = Math.random } = source;
  const items: DynamoItem[] = [];
  let left = [...batch];
  for (let empty = 0; empty < EMPTY_ANSWERS_MAX; empty++) {
    const answer = await ask(client, table, left);
    items.push(...answer.items);
    if (answer.left.length === 0) return items;
    if (answer.left.length < left.length) empty = 0;
    left = answer.left;
    await pause(random() * Math.min(PAUSE_MS_MAX, PAUSE_MS * 2 ** empty));
  }
  throw new StoreFault(`reading ${table}: ${left.length} keys stay unprocessed`, {
    retryable: true,
    code: "EXOS-E8100",
  });
}

async function ask(
  client: Source["client"],
  table: string,
  Keys: DynamoItem[],
): Promise<{ readonly items: readonly DynamoItem[]; readonly left: DynamoItem[] }> {
  try {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
    );
    return { items: Responses?.[table] ?? [], left: UnprocessedKeys?.[table]?.Keys ?? [] };
  } catch (cause) {
    throw awsFaultOf(cause, `reading ${table}`);
  }
}
