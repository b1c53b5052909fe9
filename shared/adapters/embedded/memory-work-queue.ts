import type { Clock } from "#shared/ports/clock.ts";
import type { Log } from "#shared/ports/log.ts";
import { messageSpan } from "#shared/ports/message-span.ts";
import type { Metrics } from "#shared/ports/metrics.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { inSpan, type Traces } from "#shared/ports/traces.ts";
import type { QueueDepth, WorkQueue, WorkSource } from "#shared/ports/work-queue.ts";

/** What a hostile queue does, each with a probability of 0 to 1. */
export interface QueueFaults {
  /** Numbers of [0, 1), seeded, so that a run can be repeated. */
  readonly next: () => number;
  readonly drop: number;
  readonly double: number;
  /** A message goes before the one that waits longest. */
  readonly reorder: number;
}

/** How a queue treats its messages. */
export interface MemoryWorkQueueOptions {
  /** Of the queue, in logs. */
  readonly name: string;
  readonly clock: Pick<Clock, "sleep" | "elapsedMs">;
  readonly log: Pick<Log, "warn" | "error">;
  /** Told how many messages wait or are in flight, since when, and how many were given up. */
  readonly metrics?: Pick<Metrics, "count" | "gauge" | "watch">;
  /** Most messages handled at once. */
  readonly concurrency: number;
  /** Wait before a failed message comes again; doubled at each further failure. */
  readonly visibilityMs: number;
  /** Failures after which a message is a dead letter. */
  readonly attemptsMax: number;
  /** A message replaces all that wait: for hints of one kind, of which the last says enough. */
  readonly latestOnly?: boolean;
  readonly faults?: QueueFaults;
  /** Sending and handling are spans of one trace. */
  readonly traces?: Traces | undefined;
}

/** A message that was given up, and why the last attempt failed. */
export interface DeadLetter<Message> {
  readonly message: Message;
  readonly cause: unknown;
}

/** A queue whose two ends live in one process. */
export interface MemoryWorkQueue<Message> extends WorkQueue<Message>, WorkSource<Message> {
  /** The last thousand. */
  readonly deadLetters: readonly DeadLetter<Message>[];
  /** Resolves when nothing waits and nothing is in flight, or when whoever consumed has left. */
  idle(): Promise<void>;
}

/** Limits: messages that wait, bytes of one, waiting before a retry, kept dead letters. */
const WAITING_MAX = 65_536;
const MESSAGE_BYTES_MAX = 65_536;
const RETRY_MS_MAX = 60_000;
const DEAD_LETTERS_MAX = 1_000;

/** One message as text, so that neither end sees what the other does with its object. */
interface Parcel {
  readonly text: string;
  readonly attempt: number;
  /** Monotonic milliseconds at which it was first sent. */
  readonly sentMs: number;
  /** Of the span that sent it. */
  readonly traceparent: string | undefined;
}

/** State of one queue: what waits, what is away, and who wants to be told. */
class Belt {
  readonly ready: Parcel[] = [];
  readonly inFlight = new Set<Parcel>();
  readonly delayed = new Set<Parcel>();
  /** Whoever took from it has gone: who waits for that would wait for ever. */
  isLeft = false;
  #listeners: (() => void)[] = [];
  readonly #onChange: (depth: number) => void;

  constructor(onChange: (depth: number) => void) {
    this.#onChange = onChange;
    onChange(0);
  }

  get waiting(): number {
    return this.ready.length + this.delayed.size;
  }

  get depth(): Omit<QueueDepth, "dead"> {
    return { waiting: this.waiting, inFlight: this.inFlight.size };
  }

  /** When what is here longest was sent; `undefined` where nothing is. */
  get oldestMs(): number | undefined {
    let oldest: number | undefined;
    // Retries come back late, so neither list is in order; one that is long is seldom asked about.
    for (const parcels of [this.ready, this.delayed, this.inFlight]) {
      for (const { sentMs } of parcels) if (!(sentMs >= (oldest ?? Infinity))) oldest = sentMs;
    }
    return oldest;
  }

  /** Resolves at the next change, or when the signal is aborted. */
  change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      this.#listeners.push(() => {
        signal?.removeEventListener("abort", this.changed);
        resolve();
      });
      signal?.addEventListener("abort", this.changed, { once: true });
    });
  }

  async idle(): Promise<void> {
    while (!this.isLeft && this.waiting + this.inFlight.size > 0) await this.change();
  }

  readonly changed = (): void => {
    this.#onChange(this.waiting + this.inFlight.size);
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  };
}

/** Hints within one process: nothing survives it, as nothing needs to. */
export function createMemoryWorkQueue<Message>(
  options: MemoryWorkQueueOptions,
): MemoryWorkQueue<Message> {
  const { name, clock, log, faults, metrics, traces } = options;
  const route = { system: "exos", queue: name };
  const labels = { queue: name };
  const belt = new Belt((depth) => metrics?.gauge("exos_queue_depth", depth, labels));
  metrics?.count("exos_dead_letters_total", labels, 0);
  const oldestSeconds = (now = clock.elapsedMs()) => (now - (belt.oldestMs ?? now)) / 1_000;
  metrics?.watch("exos_queue_oldest_seconds", oldestSeconds, labels);
  const deadLetters: DeadLetter<Message>[] = [];

  function bury({ text }: Parcel, cause: unknown): void {
    log.error("EXOS-E1012", "work failed for good", { queue: name, err: String(cause) });
    metrics?.count("exos_dead_letters_total", labels);
    deadLetters.push({ message: JSON.parse(text) as Message, cause });
    deadLetters.splice(0, deadLetters.length - DEAD_LETTERS_MAX);
  }

  /** Bring a failed message back after its time; at once when the consumer is leaving. */
  async function again(parcel: Parcel, signal: AbortSignal): Promise<void> {
    belt.delayed.add(parcel);
    const { attempt } = parcel;
    const delayMs = Math.min(RETRY_MS_MAX, options.visibilityMs * 2 ** (attempt - 1));
    try {
      await clock.sleep(delayMs, signal);
    } catch {
      // The consumer is leaving: the message stays for the next one.
    }
    belt.delayed.delete(parcel);
    belt.ready.push({ ...parcel, attempt: attempt + 1 });
    belt.changed();
  }

  async function deliver(
    parcel: Parcel,
    handle: Parameters<WorkSource<Message>["consume"]>[0],
    signal: AbortSignal,
  ): Promise<void> {
    const { text, attempt, traceparent } = parcel;
    try {
      // The text was made from a `Message` by `send`.
      const message = JSON.parse(text) as Message;
      const start = messageSpan("process", route, traceparent);
      await inSpan(traces, start, () => handle(message, { attempt }));
    } catch (cause) {
      if (attempt >= options.attemptsMax) bury(parcel, cause);
      else {
        // What a store knows of its fault, such as a full disk, says more than that it failed.
        const code = (cause instanceof StoreFault ? cause.code : undefined) ?? "EXOS-E1000";
        log.warn(code, "work failed, tried again", { queue: name, attempt });
        void again(parcel, signal);
      }
    }
    belt.inFlight.delete(parcel);
    belt.changed();
  }

  return {
    deadLetters,
    send(message) {
      return inSpan(traces, messageSpan("send", route), async ({ traceparent }) => {
        const text = textOf(message, name);
        if (options.latestOnly === true) belt.ready.length = 0;
        checkRoom(belt, name);
        const parcel = { text, attempt: 1, sentMs: clock.elapsedMs(), traceparent };
        belt.ready.push(...parcels(parcel, faults, belt.ready));
        belt.changed();
      });
    },
    async consume(handle, signal) {
      belt.isLeft = false;
      while (!signal.aborted) {
        const next = belt.inFlight.size < options.concurrency ? belt.ready.shift() : undefined;
        if (next === undefined) await belt.change(signal);
        else {
          belt.inFlight.add(next);
          void deliver(next, handle, signal);
        }
      }
      while (belt.inFlight.size > 0) await belt.change();
      belt.isLeft = true;
      belt.changed();
    },
    depth: async () => ({ ...belt.depth, dead: deadLetters.length }),
    idle: () => belt.idle(),
  };
}

/** @throws RangeError when it is over the limit */
function textOf(message: unknown, queue: string): string {
  const text = JSON.stringify(message);
  if (text.length <= MESSAGE_BYTES_MAX) return text;
  throw new RangeError(`${queue}: message over 64 KiB`);
}

/** @throws StoreFault when as much waits as may */
function checkRoom({ waiting }: Belt, queue: string): void {
  if (waiting < WAITING_MAX) return;
  throw new StoreFault(`queue ${queue} holds ${WAITING_MAX} messages`, { retryable: true });
}

/** What becomes of one message: usually itself. May take the longest waiting one to put it after. */
function parcels(parcel: Parcel, faults: QueueFaults | undefined, ready: Parcel[]): Parcel[] {
  if (faults === undefined) return [parcel];
  if (faults.next() < faults.drop) return [];
  const copies = faults.next() < faults.double ? [parcel, { ...parcel }] : [parcel];
  const overtaken = faults.next() < faults.reorder ? ready.shift() : undefined;
  return overtaken === undefined ? copies : [...copies, overtaken];
}
