import type { EdgeDoor } from "#services/rpc/deps.ts";
import { problemResponse } from "#services/rpc/problems.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Entropy } from "#shared/ports/entropy.ts";
import type { TipNotice } from "#shared/ports/tip-notice.ts";
import { areTopicsTold, eventStream } from "./event-stream.ts";
import { type SlotDeps, takeStreamSlot } from "./stream-slot.ts";

/** What a function that only streams runs on. */
export interface EventsDeps {
  readonly city: string;
  readonly notice: Pick<TipNotice, "read">;
  /** Count the streams that are held. */
  readonly leases: SlotDeps["leases"];
  /** Absent where the door is open. */
  readonly door?: EdgeDoor;
  readonly clock: Clock;
  readonly entropy: Entropy;
}

const POLL_MS = 5_000;
/** Of one stream: the function is cut off ten seconds later. */
const LIFE_MS = 600_000;
const PATH = /^(?:\/c\/[a-z]{3})?\/v1\/events$/;

/**
 * Answer the one route that this function has. A stream is held while the city has a slot for it;
 * else the answer is one event, `bye` and when to ask again, so that any EventSource becomes a cheap
 * poller. It is this function that has to say so: Lambda's own refusal, 429, would end an EventSource
 * for good, and is none after which CloudFront asks a second origin. So a few more may run than hold.
 *
 * @param holds whether the answer can be streamed at all
 * @throws StoreFault when the store did not answer
 * @source cloud.md 7.3
 */
export async function answerEventRequest(
  request: Request,
  deps: EventsDeps,
  holds: boolean,
): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const refused = await refuse(request, pathname, deps);
  if (refused !== undefined) return refused;
  if (!areTopicsTold(searchParams.get("topics"))) {
    const detail = "Not usable: topics";
    const errors = [{ path: "topics", message: "Only `tip` is told here" }];
    return problemResponse({ code: "EXOS-E4001", detail, errors }, pathname);
  }
  const { notice, clock, entropy, city } = deps;
  const slot = holds ? await takeStreamSlot(deps) : undefined;
  const lifeMs = slot === undefined ? 0 : LIFE_MS;
  const source = { tip: () => notice.read(), clock, pollMs: POLL_MS, lifeMs };
  const response = eventStream(source, request, { entropy, ended: () => slot?.release() });
  response.headers.set("x-exos-city", city);
  response.headers.set("access-control-allow-origin", "*");
  return response;
}

async function refuse(
  request: Request,
  path: string,
  { door }: EventsDeps,
): Promise<Response | undefined> {
  const refusal = await door?.check(request.headers);
  if (refusal !== undefined) return problemResponse(refusal, path);
  if (!PATH.test(path)) {
    return problemResponse({ code: "EXOS-E4040", detail: "Nothing answers here" }, path);
  }
  if (request.method === "GET") return undefined;
  const detail = `${request.method} is not one of GET`;
  const response = problemResponse({ code: "EXOS-E4050", detail }, path);
  response.headers.set("allow", "GET");
  return response;
}
