import type { View } from "#shared/coins/view.ts";
import { medianTime } from "#shared/consensus/median-time.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { Height, UnixSeconds } from "#shared/primitives/brand.ts";
import type { CoinsReader } from "#shared/primitives/coin.ts";
import type { ValidateDeps } from "./deps.ts";
import { knownHeader } from "./tip-view.ts";

/** An input's sequence number says nothing about time. @source BIP68 */
const DISABLED = 0x8000_0000;
/** It counts in units of 512 seconds instead of blocks. @source BIP68 */
const BY_TIME = 0x0040_0000;

/**
 * Median times of those ancestors that relative lock times by time ask about, read beforehand: the
 * blocks before the one that made each such coin.
 *
 * @returns a function that throws RangeError about any other height
 */
export async function createAncestorTimes(
  block: Pick<Block, "transactions">,
  where: { readonly view: View; readonly coins: Pick<CoinsReader, "coin"> },
  deps: Pick<ValidateDeps, "coins" | "headers" | "network">,
): Promise<(at: Height) => UnixSeconds> {
  // Blocks of EXOS have no relative lock times (spec 4.5).
  const asking = deps.network.consensus.dialect === "bitcoin" ? block.transactions : [];
  return readAncestorTimes(asking, where, deps);
}

/** The same for transactions that are held to BIP68 whatever their network holds blocks to. */
export async function readAncestorTimes(
  transactions: Block["transactions"],
  { view, coins }: { readonly view: View; readonly coins: Pick<CoinsReader, "coin"> },
  deps: Pick<ValidateDeps, "coins" | "headers">,
): Promise<(at: Height) => UnixSeconds> {
  const times = new Map<number, UnixSeconds>();
  for (const tx of transactions) {
    if (tx.version < 2) continue;
    for (const { sequence, prevout } of tx.inputs) {
      if ((sequence & DISABLED) !== 0 || (sequence & BY_TIME) === 0) continue;
      // What this very block made counts from its parent.
      const made = coins.coin(prevout)?.height ?? view.height + 1;
      const at = Math.max(made - 1, 0);
      if (!times.has(at)) times.set(at, await timeAt(at, view, deps));
    }
  }
  return (at) => {
    const time = times.get(at);
    if (time === undefined) throw new RangeError(`median time at height ${at} was not read`);
    return time;
  };
}

async function timeAt(
  at: number,
  view: View,
  deps: Pick<ValidateDeps, "coins" | "headers">,
): Promise<UnixSeconds> {
  const hash = await activeHashAt(at, view, deps.coins);
  if (hash === undefined) throw new RangeError(`no block at height ${at} of this view`);
  return medianTime((await knownHeader(hash, deps)).context);
}
