import { setImmediate } from "node:timers/promises";
import { createIngest, type Ingest, type IngestDeps } from "./core.ts";

/** What the process that embeds this service brings along, because other services share it. */
export type Shared = Omit<IngestDeps, "pause">;

/** The service inside one process. */
export async function composeEmbedded(shared: Shared): Promise<Ingest> {
  const deps = { ...shared, log: shared.log.module("ingest"), pause: () => setImmediate() };
  return createIngest(deps, await shared.chain.tip());
}
