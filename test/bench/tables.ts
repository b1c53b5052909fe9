/**
 * `node test/bench/tables.ts [blocks]`: connecting near-empty blocks over dynalite, beside the time
 * that the same requests take alone, and what a staked one costs in units. Who connects has a process
 * and a memory of its own; the endpoints stay in this one.
 * @module
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { FUNCTION_SHAPES, TASK_SHAPES } from "#infra/functions.ts";
import { openDynamoEndpoint } from "../support/aws/dynamo-endpoint.ts";
import { openFauxqsEndpoint } from "../support/aws/fauxqs-endpoint.ts";
import type { ConnectFigures } from "./connect-apart.ts";

export interface TablesFigures extends ConnectFigures {
  /** Of one connect to its requests alone. Bar: 1.5. */
  readonly ratio: number;
}

/** What the function has, and the smallest task of a city, in which the bar lets it fit. */
export const CONNECT_MEMORY_MB = FUNCTION_SHAPES.connect.memoryMb;
export const TASK_MEMORY_MB = TASK_SHAPES.ingest.memoryMb;

export async function benchTables(blocks = 40): Promise<TablesFigures> {
  await using dynamo = await openDynamoEndpoint();
  await using fauxqs = await openFauxqsEndpoint();
  const child = fork(join(import.meta.dirname, "connect-apart.ts"), [String(blocks)], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: fauxqs.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
      EXOS_TEST_ENDPOINT: process.env["EXOS_TEST_ENDPOINT"] ?? "dynalite",
    },
  });
  const ended = once(child, "exit");
  const told = once(child, "message");
  const [first] = await Promise.race([told, ended.then(() => [undefined])]);
  await ended;
  if (first === undefined) throw new RangeError(`who connects ended with ${child.exitCode}`);
  // The one message of that program.
  const figures = first as ConnectFigures;
  return { ...figures, ratio: figures.connectMs / figures.requestsMs };
}

if (import.meta.main) {
  const figures = await benchTables(Number(process.argv[2] ?? 40));
  const { connectMs, requestsMs, ratio, megabytes, staked, stakedByKind } = figures;
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const lines = [
    `connect ${ms(connectMs)}, its requests alone ${ms(requestsMs)}: ${ratio.toFixed(2)}`,
    `${megabytes.toFixed(0)} MB at most, of ${CONNECT_MEMORY_MB} that the function has and ${TASK_MEMORY_MB} of a task`,
    `a staked block: ${staked.writes} WRU, ${staked.reads} RRU in ${staked.requests} requests`,
    ...stakedByKind.map(
      ([kind, { writes, reads, requests }]) => `  ${kind}: ${requests}, ${writes + reads} units`,
    ),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}
