import type { Tip } from "#shared/coins/tip.ts";
import type { Clock } from "#shared/ports/clock.ts";

/** What a stream tells of the tip. */
export type ToldTip = Pick<Tip, "rev" | "height" | "hash">;

/** Where events come from, and for how long. */
export interface EventSource {
  /** @returns `undefined` while there is no tip */
  tip(): Promise<ToldTip | undefined>;
  readonly clock: Pick<Clock, "elapsedMs" | "sleep">;
  /** Between two looks at the tip. */
  readonly pollMs: number;
  /** After so long a stream ends with `bye`; 0: after its first event. */
  readonly lifeMs: number;
}

/** A comment is sent so often, so that nobody between takes a quiet stream for a dead one. */
const HEARTBEAT_MS = 15_000;
/** How long whoever was given one event waits before he asks again. */
const RETRY_MS = 10_000;

/**
 * Server-sent events of a chain: each new tip, until the stream's life is over. An event is a hint:
 * after any of them the read routes tell the truth.
 *
 * @param run names the stream in the ids of its events
 * @param resumed whether the caller names an event of another stream: what lies between is lost
 * @source interfaces.md 3.4; cloud.md 7.3
 */
export async function* tipEvents(
  source: EventSource,
  { run, resumed }: { readonly run: string; readonly resumed: boolean },
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const { clock, pollMs, lifeMs } = source;
  const startedMs = clock.elapsedMs();
  let spokeMs = startedMs;
  let count = 0;
  let rev: number | undefined;
  const event = (name: string, data: object) => {
    spokeMs = clock.elapsedMs();
    return `id: ${run}.${++count}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  };
  if (lifeMs === 0) yield `retry: ${RETRY_MS}\n\n`;
  if (resumed) yield event("resync", {});
  while (signal?.aborted !== true) {
    const tip = await source.tip();
    if (tip !== undefined && tip.rev !== rev) {
      rev = tip.rev;
      yield event("tip", { height: tip.height, hash: tip.hash });
    } else if (clock.elapsedMs() - spokeMs >= HEARTBEAT_MS) {
      spokeMs = clock.elapsedMs();
      yield ": \n\n";
    }
    if (clock.elapsedMs() - startedMs + pollMs > lifeMs) break;
    await sleepQuietly(source, signal);
  }
  if (signal?.aborted !== true) yield event("bye", {});
}

async function sleepQuietly({ clock, pollMs }: EventSource, signal?: AbortSignal): Promise<void> {
  try {
    await clock.sleep(pollMs, signal);
  } catch (reason) {
    // Who listens has gone: the loop sees it and ends.
    if (signal?.aborted !== true) throw reason;
  }
}
