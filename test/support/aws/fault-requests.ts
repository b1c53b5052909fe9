import { Readable } from "node:stream";
import { seededNumbers } from "../flaky.ts";
import { type Answered, addMiddleware, type Sent, type TestedClient } from "./client-middleware.ts";

/** How often each thing happens to a request, 0 to 1. */
export interface RequestFaults {
  /** Refused for now, before it does anything. */
  readonly throttled?: number;
  /** Never arrives, and nobody says so. */
  readonly lost?: number;
  /** Arrives; its answer does not. */
  readonly unanswered?: number;
  /** Arrives once more, at some later `deliverLate`. */
  readonly doubled?: number;
  /** A batch read that brings only its first keys, or none. */
  readonly cut?: number;
}

export interface FaultyClient {
  /** How often each happened. */
  readonly counts: Record<keyof RequestFaults, number>;
  /** Let what was sent twice arrive again: all of it, or a random part. */
  deliverLate(part?: number): Promise<void>;
}

export interface FaultOptions extends RequestFaults {
  readonly seed: number;
  /** The last attempt of a command goes through, so that no fault reaches the adapter. */
  readonly sparesLast?: boolean;
}

/** What the suites meet: about every fifth request. */
export const ROUGH: RequestFaults = {
  throttled: 0.06,
  lost: 0.04,
  unanswered: 0.06,
  doubled: 0.1,
  cut: 0.3,
};

function named(name: string): Error {
  const error = new Error(`${name}, injected`);
  error.name = name;
  return error;
}

/** Attempts are counted in a header: `attempt=3; max=3`. */
function isLastAttempt(request: unknown): boolean {
  const headers: unknown = Reflect.get(Object(request), "headers");
  const count = /attempt=(\d+); max=(\d+)/.exec(
    String(Reflect.get(Object(headers), "amz-sdk-request")),
  );
  return count !== null && count[1] === count[2];
}

/** Nobody reads the body of an answer that is lost: its connection may end as it likes. */
function forget({ output }: Answered): void {
  const body: unknown = Reflect.get(output, "Body");
  if (body instanceof Readable) body.on("error", () => undefined).destroy();
}

/**
 * A network and a service on a bad day, below the SDK's own retry: requests are throttled or lost,
 * answers are lost, writes arrive twice, batches are cut.
 *
 * @source cloud.md 14.1
 */
export function injectFaults(client: TestedClient, options: FaultOptions): FaultyClient {
  const { throttled = 0, lost = 0, unanswered = 0, doubled = 0, cut = 0, sparesLast } = options;
  const next = seededNumbers(options.seed);
  const counts = { throttled: 0, lost: 0, unanswered: 0, doubled: 0, cut: 0 };
  let late: (() => Promise<Answered>)[] = [];
  const happens = (what: keyof typeof counts, chance: number): boolean => {
    if (next() >= chance) return false;
    counts[what]++;
    return true;
  };

  addMiddleware(client, { name: "faults", step: "deserialize" }, (sendOn) => async (sent) => {
    if (happens("doubled", doubled)) late.push(() => sendOn(sent));
    if (sparesLast === true && isLastAttempt(sent.request)) return sendOn(sent);
    if (happens("throttled", throttled)) throw named("ProvisionedThroughputExceededException");
    if (happens("lost", lost)) throw named("TimeoutError");
    if (!happens("unanswered", unanswered)) return sendOn(sent);
    // What arrived is done, whatever it answered.
    await sendOn(sent).then(forget, () => undefined);
    throw named("TimeoutError");
  });
  addMiddleware(client, { name: "cuts", step: "initialize" }, (sendOn, { commandName }) => {
    if (commandName !== "BatchGetItemCommand") return sendOn;
    return (sent) => (happens("cut", cut) ? sendPart(sendOn, sent, next) : sendOn(sent));
  });

  return {
    counts,
    async deliverLate(part = 1) {
      const waiting = late;
      late = [];
      for (const send of waiting) {
        // A double that is refused by now is how it should be.
        if (next() < part) await send().then(forget, () => undefined);
        else late.push(send);
      }
    },
  };
}

interface Batch {
  readonly RequestItems: Readonly<Record<string, { readonly Keys: readonly unknown[] }>>;
}

/** Ask for the first keys only and say of the others that they were not processed. */
async function sendPart(
  sendOn: (sent: Sent) => Promise<Answered>,
  sent: Sent,
  next: () => number,
): Promise<Answered> {
  const { RequestItems } = sent.input as Batch;
  const [[table, asked] = ["", { Keys: [] }]] = Object.entries(RequestItems);
  const count = Math.floor(next() * asked.Keys.length);
  const UnprocessedKeys = { [table]: { ...asked, Keys: asked.Keys.slice(count) } };
  if (count === 0) return { output: { Responses: {}, UnprocessedKeys }, response: {} };
  const part = { [table]: { ...asked, Keys: asked.Keys.slice(0, count) } };
  const answer = await sendOn({ ...sent, input: { ...sent.input, RequestItems: part } });
  return { ...answer, output: { ...answer.output, UnprocessedKeys } };
}
