/**
 * `node test/bench/tables.ts [blocks]`: connecting near-empty blocks over dynalite in this process,
 * beside the time that the same requests take alone, and what a staked one costs in units.
 * @module
 */
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { acceptBlock } from "#services/validate/accept-block.ts";
import { connectCandidates } from "#services/validate/connect.ts";
import type { RequestRecord } from "../support/aws/record-requests.ts";
import { sumUnits, type Units, unitsByKind } from "../support/aws/request-meter.ts";
import { LARGEST_WINDOW, openSettledCity, type SettledCity } from "../support/aws/settled-city.ts";
import { median } from "./rounds.ts";

type Resend = (client: DynamoDBClient, input: never) => Promise<unknown>;

/** A command again, out of its input; each input is that of a command of its name. */
const COMMANDS: Readonly<Record<string, Resend>> = {
  BatchGetItem: (client, input) => client.send(new BatchGetItemCommand(input)),
  DeleteItem: (client, input) => client.send(new DeleteItemCommand(input)),
  GetItem: (client, input) => client.send(new GetItemCommand(input)),
  PutItem: (client, input) => client.send(new PutItemCommand(input)),
  Query: (client, input) => client.send(new QueryCommand(input)),
  UpdateItem: (client, input) => client.send(new UpdateItemCommand(input)),
};

export interface TablesFigures {
  /** Median milliseconds of one connect, and of its requests alone. */
  readonly connectMs: number;
  readonly requestsMs: number;
  /** Bar: 1.5. */
  readonly ratio: number;
  /** Resident memory of everything in this process, the endpoint included. Bar: 512. */
  readonly megabytes: number;
  /** Of a staked block that is handed in, checked and connected, the window being at its largest. */
  readonly staked: Units;
  readonly stakedByKind: ReadonlyMap<string, Units>;
}

/** Requests that were on their way together, in the order they were sent. */
function wavesOf(records: readonly RequestRecord[]): RequestRecord[][] {
  const waves: RequestRecord[][] = [];
  let endMs = Number.NEGATIVE_INFINITY;
  for (const record of records.toSorted((a, b) => a.sentMs - b.sentMs)) {
    const wave = waves.at(-1);
    if (wave === undefined || record.sentMs >= endMs) {
      waves.push([record]);
      endMs = record.answeredMs;
    } else {
      wave.push(record);
      endMs = Math.min(endMs, record.answeredMs);
    }
  }
  return waves;
}

async function send({ unrecorded }: SettledCity, { action, input }: RequestRecord): Promise<void> {
  const resend = COMMANDS[action];
  if (resend === undefined) throw new RangeError(`connect sends ${action}`);
  // The tip is there by now, so its put is refused; what it costs the endpoint is the same.
  await resend(unrecorded, input as never).catch(() => undefined);
}

async function msOf(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

export async function benchTables(blocks = 40): Promise<TablesFigures> {
  await using city = await openSettledCity(LARGEST_WINDOW - 1);
  const { deps, records } = city;
  await acceptBlock(city.next("stake"), deps);
  await connectCandidates(deps);
  const staked = sumUnits(records);
  const stakedByKind = unitsByKind(records);
  if ((await deps.coins.tip())?.hash !== city.chain.tip.hash) throw new RangeError("not connected");

  const connectMs: number[] = [];
  const requestsMs: number[] = [];
  for (let block = 0; block < blocks; block++) {
    await acceptBlock(city.next("work"), deps);
    records.length = 0;
    connectMs.push(await msOf(() => connectCandidates(deps)));
    const waves = wavesOf(records);
    requestsMs.push(
      await msOf(async () => {
        for (const wave of waves) await Promise.all(wave.map((record) => send(city, record)));
      }),
    );
  }
  const figures = { connectMs: median(connectMs), requestsMs: median(requestsMs) };
  const megabytes = process.memoryUsage().rss / 1_048_576;
  const ratio = figures.connectMs / figures.requestsMs;
  return { ...figures, ratio, megabytes, staked, stakedByKind };
}

if (import.meta.main) {
  const figures = await benchTables(Number(process.argv[2] ?? 40));
  const { connectMs, requestsMs, ratio, megabytes, staked, stakedByKind } = figures;
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const lines = [
    `connect ${ms(connectMs)}, its requests alone ${ms(requestsMs)}: ${ratio.toFixed(2)}; ${megabytes.toFixed(0)} MB`,
    `a staked block: ${staked.writes} WRU, ${staked.reads} RRU in ${staked.requests} requests`,
    ...[...stakedByKind].map(
      ([kind, { writes, reads, requests }]) => `  ${kind}: ${requests}, ${writes + reads} units`,
    ),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}
