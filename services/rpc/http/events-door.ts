import type { Context } from "hono";
import type { RpcDeps } from "#services/rpc/deps.ts";
import { areTopicsTold, eventStream } from "#services/rpc/events/event-stream.ts";
import type { ApiEnv } from "#services/rpc/http/finish.ts";
import { problemResponse } from "#services/rpc/problems.ts";

export const EVENTS_PATH = "/v1/events";

/** On a server of its own a stream looks often, since that costs nothing, and lasts for a day. */
const POLL_MS = 1_000;
const LIFE_MS = 86_400_000;

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
  const source = {
    tip: () => stores.coins.tip(),
    clock: deps.clock,
    pollMs: POLL_MS,
    lifeMs: deps.heldStreams === false ? 0 : LIFE_MS,
  };
  return eventStream(source, c.req.raw, deps.entropy);
}
