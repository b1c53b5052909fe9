import { RunningTotals } from "#shared/coins/running-totals.ts";
import type { NextTip, Tip } from "#shared/coins/tip.ts";
import { withTotals } from "#shared/coins/tip.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { ValidateDeps } from "./deps.ts";

type TotalsDeps = Pick<ValidateDeps, "headers" | "network" | "shared">;

/**
 * Totals of the unspent set after a block of the tip's chain, where each commit carries them:
 * those of the tip, of the empty set at genesis, or what its header notes.
 *
 * @returns `undefined` where the store brings them forward by itself
 * @throws StoreFault when a shared table has lost them
 */
export async function totalsAt(
  at: { readonly hash: HashHex; readonly height: number },
  tip: Pick<Tip, "hash" | "mu"> | undefined,
  { shared, headers, network }: TotalsDeps,
): Promise<Uint8Array | undefined> {
  if (shared === undefined) return undefined;
  if (at.height === 0) return RunningTotals.empty(network.consensus.dialect).encode();
  const noted = at.hash === tip?.hash ? tip.mu : (await headers.get(at.hash))?.totals;
  if (noted !== undefined) return noted;
  throw new StoreFault(`The totals after block ${at.hash} are missing.`, {
    retryable: false,
    code: "EXOS-E1004",
  });
}

/** The same step with the totals at its new tip, where each commit carries them. */
export async function carryTotals(
  next: NextTip,
  from: Tip | undefined,
  deps: TotalsDeps,
): Promise<NextTip> {
  return withTotals(next, await totalsAt(next.tip, from, deps));
}
