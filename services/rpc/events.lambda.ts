import { composeEvents } from "#services/rpc/compose-events.ts";
import { answerEventRequest } from "#services/rpc/events/answer-event-request.ts";
import { bufferedHandler, runtimeOf, streamingHandler } from "#services/rpc/http/function-door.ts";

const deps = composeEvents(process.env);
const runtime = runtimeOf(globalThis, process.env["EXOS_ANSWERS"]);
const streams = {
  fetch: (request: Request) => answerEventRequest(request, deps, runtime !== undefined),
};

/** Holds one stream, for ten minutes at most. */
export const handler =
  runtime === undefined
    ? bufferedHandler(streams)
    : runtime.streamifyResponse(streamingHandler(streams, runtime));
