import { createCityRouter } from "#services/rpc/city-router.ts";
import { composeAws } from "#services/rpc/compose-aws.ts";
import { bufferedHandler, runtimeOf, streamingHandler } from "#services/rpc/http/function-door.ts";

const deps = composeAws(process.env);
// A pinned path names this city; what a cache keeps under it stays apart.
const api = createCityRouter(deps, new Map([[deps.city, deps]]));
const runtime = runtimeOf(globalThis, process.env["EXOS_ANSWERS"]);

/** Answers a Function URL: in pieces where the runtime streams, else in one. */
export const handler =
  runtime === undefined
    ? bufferedHandler(api, deps.traces)
    : runtime.streamifyResponse(streamingHandler(api, runtime, deps.traces));
