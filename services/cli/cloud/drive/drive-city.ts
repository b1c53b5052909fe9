import { setTimeout as wait } from "node:timers/promises";
import { type CallDoor, openCallDoor } from "#services/cli/cloud/drive/call-door.ts";
import { queueEvent, tickEvent, topicEvent } from "#services/cli/cloud/drive/driven-events.ts";
import type { DrivenFunction, DrivenStart } from "#services/cli/cloud/drive/driven-function.ts";
import {
  createFunctionPool,
  type FunctionPool,
  type PoolLimits,
} from "#services/cli/cloud/drive/function-pool.ts";
import type { AnswerReader, FunctionProcess } from "#services/cli/cloud/drive/function-process.ts";
import { type DrivenQueue, pollQueue } from "#services/cli/cloud/drive/poll-queue.ts";
import { type DrivenMessage, settleBatch } from "#services/cli/cloud/drive/settle-batch.ts";

export interface DriveOptions {
  readonly functions: readonly DrivenFunction[];
  start(driven: DrivenFunction): FunctionProcess;
  queueAt(url: string): DrivenQueue;
  /** One line per run, and per fault. */
  print(line: string): void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** A city whose functions run. */
export interface DrivenCity {
  readonly door: CallDoor;
  /** Resolves once the signal was given, and what ran has ended. */
  readonly ended: Promise<void>;
}

/** Of one function: a machine has fewer cores than a city has runs. */
const PROCESSES_MAX = 2;
/** Of one that callers reach: it may be held for minutes by each who reads a stream. */
const CALLED_PROCESSES_MAX = 8;
const PAUSE_MS = 1_000;

/** A function with the processes that run it. */
interface Driven {
  readonly name: string;
  readonly start: DrivenStart | undefined;
  readonly pool: FunctionPool;
}

interface Said {
  readonly print: DriveOptions["print"];
  readonly what: string;
  readonly reader?: AnswerReader;
}

/** Run it, and say so: of an answer that is streamed, which may be read for minutes, at its beginning. */
async function runSaid(
  { name, pool }: Driven,
  event: unknown,
  { print, what, reader }: Said,
): Promise<unknown> {
  const startedMs = performance.now();
  const tell = (done: string) =>
    print(`drove ${name}: ${what}, ${done}${Math.round(performance.now() - startedMs)} ms`);
  let isStreamed = false;
  const onHead: AnswerReader["onHead"] = (head) => {
    isStreamed = true;
    tell("streamed after ");
    reader?.onHead(head);
  };
  const answer = await pool.run(event, reader && { ...reader, onHead });
  if (!isStreamed) tell("");
  return answer;
}

/** Adds to a failure which messages come again, and how often each had been received. */
const failedWith = (messages: readonly DrivenMessage[]) => (cause: unknown) => {
  const held = messages.map(
    ({ id, attributes }) => `${id}:${attributes["ApproximateReceiveCount"]}`,
  );
  throw new Error(`${String(cause)}; to come again: ${held.join(" ")}`, { cause });
};

/** Whatever starts this function by itself, until the signal. */
function startsOf(driven: Driven, options: DriveOptions): readonly Promise<void>[] {
  const { name, start } = driven;
  const { print, signal, queueAt } = options;
  const said = (count: number) => ({ print, what: `a batch of ${count}` });
  const onFault = (cause: unknown) => print(`fault ${name}: ${String(cause)}`);
  const polled = {
    signal,
    onFault,
    pause: () => wait(PAUSE_MS, undefined, { signal }).catch(() => undefined),
  };
  if (start?.kind === "queue") {
    const { url, batchSize, ordered, runsMax } = start;
    const run = async (messages: readonly DrivenMessage[]) => {
      const running = runSaid(driven, queueEvent(messages), said(messages.length));
      return settleBatch(messages, await running.catch(failedWith(messages)), ordered);
    };
    const pollers = Math.min(runsMax, PROCESSES_MAX);
    return Array.from({ length: pollers }, () =>
      pollQueue({ ...polled, queue: queueAt(url), batchSize, run }),
    );
  }
  if (start?.kind === "topic") {
    const run = async (messages: readonly DrivenMessage[]) => {
      await runSaid(driven, topicEvent(messages), said(messages.length));
      return messages;
    };
    // A topic starts its followers with one hint each time.
    return [pollQueue({ ...polled, queue: queueAt(start.url), batchSize: 1, run })];
  }
  if (start?.kind === "schedule")
    return [tick(driven, start.everySeconds, { ...options, onFault })];
  return [];
}

/** A tick that failed is not tried again: the next one says the same. */
async function tick(
  driven: Driven,
  everySeconds: number,
  { print, signal, onFault }: DriveOptions & { onFault(cause: unknown): void },
): Promise<void> {
  while (!signal.aborted) {
    await wait(everySeconds * 1_000, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted)
      await runSaid(driven, tickEvent(), { print, what: "a tick" }).catch(onFault);
  }
}

function limitsOf({ start, reserved }: DrivenFunction): PoolLimits {
  if (start?.kind === "queue" && start.ordered) return { processesMax: 1 };
  const most = start?.kind === "url" ? CALLED_PROCESSES_MAX : PROCESSES_MAX;
  return { processesMax: Math.min(reserved ?? PROCESSES_MAX, most), runsMax: reserved };
}

/**
 * Run the functions of a city: those that queues and topics start on what these deliver, the tick
 * once in its time, and all of them for whoever calls. @source cloud.md 14
 */
export async function driveCity(options: DriveOptions): Promise<DrivenCity> {
  const { functions, start, signal, print } = options;
  const all: readonly Driven[] = functions.map((driven) => {
    const pool = createFunctionPool(() => start(driven), limitsOf(driven));
    return { name: driven.name, start: driven.start, pool };
  });
  const door = await openCallDoor(
    all.map((driven, index) => ({
      name: driven.name,
      place: driven.start?.kind === "url" ? functions[index]?.bundle : undefined,
      run: (event, reader) =>
        runSaid(driven, event, { print, what: "a call", ...(reader !== undefined && { reader }) }),
    })),
  );
  const running = all.flatMap((driven) => startsOf(driven, options));
  const ended = (async () => {
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await door[Symbol.asyncDispose]();
    await Promise.all(running);
    await Promise.all(all.map(({ pool }) => pool[Symbol.asyncDispose]()));
  })();
  return { door, ended };
}
