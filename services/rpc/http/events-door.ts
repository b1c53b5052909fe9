import type { Context } from "hono";
import type { RpcDeps } from "#services/rpc/deps.ts";
import { areTopicsTold, eventStream } from "#services/rpc/events/event-stream.ts";
import { clientOf } from "#services/rpc/http/client-of.ts";
import type { ApiEnv } from "#services/rpc/http/finish.ts";
import { STREAMS_MAX } from "#services/rpc/http/stream-limit.ts";
import { problemResponse, type Refusal } from "#services/rpc/problems.ts";

export const EVENTS_PATH = "/v1/events";

/** On a server of its own a stream looks often, since that costs nothing, and lasts for a day. */
const POLL_MS = 1_000;
const LIFE_MS = 86_400_000;
/** Before a client that holds all of its streams may ask for one more. */
const RETRY_SECONDS = 10;

/**
 * `GET /v1/events`. A function that answers everything holds no stream: it tells the tip once, and any
 * EventSource becomes a cheap poller. @source cloud.md 7.3
 */
export async function answerEvents(c: Context<ApiEnv>, deps: RpcDeps): Promise<Response> {
  c.set("dialect", "v1");
  c.set("route", EVENTS_PATH);
  const { stores } = deps.state();
  if (stores === undefined) {
    const detail = "The node opens its stores";
    return problemResponse({ code: "EXOS-E2001", detail, retryAfterSeconds: 1 }, c.req.path);
  }
  if (!areTopicsTold(c.req.query("topics"))) {
    const detail = "Not usable: topics";
    const errors = [{ path: "topics", message: "Only `tip` is told here" }];
    return problemResponse({ code: "EXOS-E4001", detail, errors }, c.req.path);
  }
  const lifeMs = deps.heldStreams === false ? 0 : LIFE_MS;
  const source = { tip: () => stores.coins.tip(), clock: deps.clock, pollMs: POLL_MS, lifeMs };
  const ended = lifeMs === 0 ? undefined : enter(c, deps);
  if (ended === "full") return problemResponse(FULL, c.req.path);
  return eventStream(source, c.req.raw, { entropy: deps.entropy, ended });
}

const FULL: Refusal = {
  code: "EXOS-E4290",
  detail: `You hold ${STREAMS_MAX} streams: end one of them first`,
  retryAfterSeconds: RETRY_SECONDS,
};

/** @returns what to do when the stream is over; `undefined`: nobody counts it */
function enter(c: Context<ApiEnv>, deps: RpcDeps): (() => void) | undefined | "full" {
  // The answer to HEAD has no body, so that nothing would end it.
  if (deps.streams === undefined || c.req.method === "HEAD") return undefined;
  const client = clientOf(c, deps);
  return client === undefined ? undefined : (deps.streams.enter(client) ?? "full");
}
