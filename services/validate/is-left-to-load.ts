import type { Tip } from "#shared/coins/tip.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { heightPossible, LOAD_GAP_BLOCKS } from "#shared/fleet/load-gap.ts";
import type { ValidateDeps } from "./deps.ts";

/**
 * Whether a gap is so long that it is cheaper to close elsewhere, while somebody does. It is measured
 * to where the network stands: candidates end 4,000 headers above the tip at most. Where no peer has
 * said how high that is, or the candidate is too young for it, it ends in the candidate.
 *
 * Economy alone: a lie of most peers delays a city that is hours old by no more than a load takes.
 *
 * @source cloud.md 4.2, 5.4
 */
export async function isLeftToLoad(
  leaf: HeaderRecord,
  tip: Tip,
  { shared, clock, network }: Pick<ValidateDeps, "shared" | "clock" | "network">,
): Promise<boolean> {
  if (shared === undefined) return false;
  const now = clock.now();
  const isLong = (height: number) => height - tip.height > LOAD_GAP_BLOCKS;
  // A city at the tip asks nobody.
  const possible = heightPossible(leaf, now, network.consensus);
  if (!isLong(possible)) return false;
  if ((await shared.leases.holder("load", now)) === undefined) return false;
  if (isLong(leaf.height)) return true;
  const beats = await shared.heartbeats.all();
  const said = beats.find((beat) => beat.service === "ingest")?.networkHeight;
  return said !== undefined && isLong(Math.min(said, possible));
}
