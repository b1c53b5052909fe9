import type { TipHint } from "#shared/messages/tip-hint.ts";
import type { Metrics } from "#shared/ports/metrics.ts";
import type { WorkSource } from "#shared/ports/work-queue.ts";
import { type FollowOptions, followTip, type IndexDeps } from "./core.ts";

/** What the loop of this service runs on. */
export interface IndexContainer {
  readonly deps: IndexDeps;
  /** Says that the tip has moved; one hint at a time. */
  readonly follow: WorkSource<TipHint>;
  readonly metrics: Pick<Metrics, "gauge">;
}

/** Follow the tip whenever it is hinted that it moved, until the signal is aborted. */
export async function runIndex(
  { deps, follow, metrics }: IndexContainer,
  signal: AbortSignal,
  onProgress?: FollowOptions["onProgress"],
): Promise<void> {
  const catchUp = () =>
    followTip(deps, {
      signal,
      onProgress(progress) {
        metrics.gauge("exos_index_lag_blocks", progress.target - progress.at.height);
        onProgress?.(progress);
      },
    });
  // Hints may have been lost while nobody listened.
  await catchUp();
  await follow.consume(async () => void (await catchUp()), signal);
}
