import { LOAD_GAP_BLOCKS } from "#shared/fleet/load-gap.ts";
import type { Log } from "#shared/ports/log.ts";
import type { HeldTip } from "./held-tip.ts";

/**
 * Say what an operator had better run, where the network is far above the tip. The city catches up
 * without it as well, by one hint after the other.
 *
 * @param known the highest block that headers show or peers tell of
 * @source cloud.md 5.4, 12
 */
export function tellLoadDue(
  known: number,
  { tip, log }: { readonly tip: Pick<HeldTip, "held">; readonly log: Pick<Log, "warn"> },
): void {
  const behind = known - (tip.held()?.height ?? 0);
  if (behind <= LOAD_GAP_BLOCKS) return;
  log.warn("EXOS-E8135", "a load is due", { behind, run: "exos fleet load <city>" });
}
