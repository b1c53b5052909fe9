import type { Clock } from "#shared/ports/clock.ts";
import type { DeployRecord } from "./deploy-ports.ts";
import type { DeployState } from "./deploy-state.ts";

/** How long nobody else may go on after the last sign of life. */
export const HOLD_SECONDS = 300;
/** What the record is held by. */
interface HoldDeps {
  readonly record: DeployRecord;
  readonly clock: Pick<Clock, "now">;
}

/** The record's state as this operator wrote it last. */
export interface Held {
  readonly state: DeployState;
  readonly tag: string;
  /** Since something was done: how often it was waited, from when on, and what for. */
  readonly waited?: { readonly times: number; readonly from: number; readonly what: string };
}

/** Another operator went on with what stood still for too long. */
export class TakenOver extends Error {
  override readonly name = "TakenOver";
}

/** Take hold of the record, or learn who was quicker. */
export async function take(
  state: DeployState,
  found: Held | undefined,
  { record }: Pick<HoldDeps, "record">,
): Promise<Held | { readonly state: "refused"; readonly by: DeployState }> {
  const tag = await record.write(state, found?.tag);
  if (tag !== undefined) return { state, tag };
  const now = await record.read();
  // A write whose answer was lost is found as it was written.
  if (now !== undefined && JSON.stringify(now.state) === JSON.stringify(state)) return now;
  return { state: "refused", by: now?.state ?? state };
}

/** Write the next state, and hold the record for another while. */
export async function keep(next: DeployState, held: Held, deps: HoldDeps): Promise<Held> {
  const state = { ...next, until: deps.clock.now() + HOLD_SECONDS };
  const tag = await deps.record.write(state, held.tag);
  if (tag !== undefined) return { state, tag };
  const now = await deps.record.read();
  if (now !== undefined && JSON.stringify(now.state) === JSON.stringify(state)) return now;
  throw new TakenOver("another operator changed the record");
}
