import { moreHint } from "#shared/messages/more-hint.ts";
import type { ConnectHint } from "#shared/messages/queue-hints.ts";
import type { WorkQueue } from "#shared/ports/work-queue.ts";
import { connectCandidates } from "./connect.ts";
import type { SharedTables, ValidateDeps } from "./deps.ts";

/** What connecting in a city asks for. */
export interface ConnectDeps extends ValidateDeps {
  readonly shared: SharedTables;
  readonly connect: WorkQueue<ConnectHint>;
}

/** How a hint came, and until when it is worked on. */
export interface HintedRun {
  /** Counted from 1. */
  readonly attempt: number;
  /** `Clock.elapsedMs` after which no further block is begun. */
  readonly deadlineMs: number;
}

/**
 * What any hint of the queue `connect` asks for, whichever it is: follow the best branch as far as
 * time allows, and ask for the rest.
 *
 * @source cloud.md 4.2
 */
export async function connectHinted(
  { attempt, deadlineMs }: HintedRun,
  deps: ConnectDeps,
): Promise<void> {
  const from = await deps.coins.tip();
  if (from === undefined && (await waitsForLoad(deps))) return;
  const { tip, more } = await connectCandidates(deps, {
    deadlineMs,
    isRepeated: attempt > 1,
    ...(from === undefined ? {} : { from }),
  });
  if (more) await deps.connect.send(moreHint(tip.rev));
}

/** Whether the first tip is that of a set which is being loaded, or is to be loaded again. */
async function waitsForLoad({ shared, clock, log }: ConnectDeps): Promise<boolean> {
  if ((await shared.leases.holder("load", clock.now())) !== undefined) return true;
  if ((await shared.notice.read()) === undefined) return false;
  log.warn("EXOS-E8137", "no tip until the city is loaded", { run: "exos fleet load <city>" });
  return true;
}
