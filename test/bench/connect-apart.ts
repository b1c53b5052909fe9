/**
 * A process of its own, started by `tables.ts` with the endpoints in its environment: connects
 * near-empty blocks of proof of work, sends the requests of each once more by themselves, and tells
 * both times. The memory it tells is nobody else's.
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

/** What is told over the channel. */
export interface ConnectFigures {
  /** Median milliseconds of one connect, and of its requests alone. */
  readonly connectMs: number;
  readonly requestsMs: number;
  /** The most that was resident at once, Node, the program and the making of the chain in it. */
  readonly megabytes: number;
  /** Of a staked block that is handed in, checked and connected, the window being at its largest. */
  readonly staked: Units;
  readonly stakedByKind: readonly (readonly [string, Units])[];
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

async function connectBlocks(blocks: number): Promise<ConnectFigures> {
  await using city = await openSettledCity(LARGEST_WINDOW - 1);
  const { deps, records } = city;
  await acceptBlock(city.next("stake"), deps);
  await connectCandidates(deps);
  const staked = sumUnits(records);
  const stakedByKind = [...unitsByKind(records)];
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
  // Kilobytes, in blocks of which a resident set is counted everywhere.
  const megabytes = process.resourceUsage().maxRSS / 1_024;
  const figures = { connectMs: median(connectMs), requestsMs: median(requestsMs) };
  return { ...figures, megabytes, staked, stakedByKind };
}

const figures = await connectBlocks(Number(process.argv[2]));
process.send?.(figures);
// Nobody asks for more, and an open channel would keep this process.
process.disconnect();
