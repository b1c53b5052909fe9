import { decodeBlock } from "#shared/codec/decode-block.ts";
import { marksOf } from "#shared/coins/marks-of.ts";
import { type NextTip, switchedTip, type Tip } from "#shared/coins/tip.ts";
import { FROZEN_GROUP, type FrozenGroup } from "#shared/coins/view.ts";
import { judgeIntegrity } from "#shared/consensus/judge-integrity.ts";
import type { Network } from "#shared/consensus/params.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { TipNotice } from "#shared/ports/tip-notice.ts";
import { type HashHex, type Height, height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** A generation of coins that was filled, and the chain whose coins they are. */
export interface LoadedSet {
  readonly generation: number;
  /** The block that the coins were taken at. */
  readonly at: { readonly height: Height; readonly hash: HashHex; readonly work: bigint };
  /** Hashes of the whole chain up to it: in groups of 64, and what is left. */
  readonly frozen: readonly FrozenGroup[];
  readonly win: readonly HashHex[];
  /** Of the coins: `RunningTotals.encode`. */
  readonly totals: Uint8Array;
  /** Whether the chain was loaded from a snapshot, and not judged from genesis. */
  readonly assumed: boolean;
}

/** Stores of the city. */
export interface SwitchDeps {
  readonly network: Pick<Network, "consensus">;
  readonly coins: CoinStore;
  readonly headers: HeaderStore;
  readonly blocks: BlockStore;
  readonly notice: Pick<TipNotice, "read">;
}

/** What became of it. */
export type Switched =
  | { readonly state: "switched"; readonly tip: Tip }
  /** The chain of the city neither leads to the set nor contains its block. */
  | { readonly state: "elsewhere"; readonly tip: Tip };

/**
 * Make a filled generation the one that the tip reads: as the first tip, as a long step up the same
 * chain, or under a tip that went on meanwhile, whose blocks above the set are applied first. Each
 * step may be repeated; whoever commits meanwhile makes this look again.
 *
 * @throws StoreFault when the world failed, or a body above the set is not here
 * @source cloud.md 5.4 `switch`
 */
export async function switchGeneration(set: LoadedSet, deps: SwitchDeps): Promise<Switched> {
  for (;;) {
    const tip = await deps.coins.tip();
    if (tip?.gen === set.generation) return { state: "switched", tip };
    if (tip !== undefined && tip.gen > set.generation) {
      // What is older than the generation in use is swept: nobody turns back to it.
      throw new StoreFault(
        `Generation ${tip.gen} is in use, newer than the loaded ${set.generation}.`,
        { retryable: false, code: "EXOS-E8130" },
      );
    }
    // Without a tip, its number goes on from that of the last one that was forgotten.
    const next =
      tip === undefined
        ? tipOfSet(set, (await deps.notice.read())?.rev ?? 0)
        : await nextOf(tip, set, deps);
    if (next === undefined) {
      if (tip !== undefined) return { state: "elsewhere", tip };
      continue;
    }
    if (await deps.coins.commit(tip?.rev ?? 0, next)) return { state: "switched", tip: next.tip };
  }
}

/** Whether the chain of a tip neither leads to a set nor contains its block. */
export async function isElsewhere(
  tip: Tip,
  set: LoadedSet,
  { coins }: Pick<SwitchDeps, "coins">,
): Promise<boolean> {
  const { at } = set;
  if (tip.height < at.height) return hashOf(set, tip.height) !== tip.hash;
  return (await activeHashAt(at.height, tip, coins)) !== at.hash;
}

/** @returns `undefined` where the tip's chain is another than the set's */
async function nextOf(tip: Tip, set: LoadedSet, deps: SwitchDeps): Promise<NextTip | undefined> {
  const { at, generation } = set;
  if (await isElsewhere(tip, set, deps)) return undefined;
  if (tip.height < at.height) return tipOfSet(set, tip.rev);
  for (let up = at.height + 1; up <= tip.height; up++) {
    const hash = await activeHashAt(up, tip, deps.coins);
    if (hash !== undefined) await applyTo(generation, { hash, height: height(up) }, deps);
  }
  return switchedTip(tip, { gen: generation, floor: at.height, hash: at.hash });
}

/** The tip that ends in the set's block. What is frozen already is frozen again as it is. */
function tipOfSet({ at, generation, frozen, win, totals }: LoadedSet, rev: number): NextTip {
  const base = height(frozen.length * FROZEN_GROUP);
  const place = { height: at.height, hash: at.hash, work: at.work, final: at.height };
  const tip = { ...place, rev: rev + 1, gen: generation, floor: at.height, base, win };
  return { tip: { ...tip, mu: totals }, frozen };
}

function hashOf({ frozen, win }: LoadedSet, at: number): HashHex | undefined {
  const group = Math.floor(at / FROZEN_GROUP);
  return (frozen[group]?.hashes ?? win)[at % FROZEN_GROUP];
}

/** The marks of an active block above the set, computed from bytes that are checked here. */
async function applyTo(
  generation: number,
  place: { readonly hash: HashHex; readonly height: Height },
  { network, headers, blocks, coins }: SwitchDeps,
): Promise<void> {
  const stored = await headers.get(place.hash);
  if (stored?.applied.includes(generation) === true) return;
  const bytes = await blocks.get(place.hash);
  const { wire } = network.consensus;
  const decoded = bytes === undefined ? undefined : decodeBlock(bytes, wire);
  const isSound =
    decoded?.ok === true &&
    toHashHex(decoded.value.hash) === place.hash &&
    judgeIntegrity(decoded.value, network.consensus) === undefined;
  if (!isSound) {
    throw new StoreFault(`The body of the active block ${place.hash} is missing or broken.`, {
      retryable: true,
      code: "EXOS-E2009",
    });
  }
  await coins.apply(generation, marksOf(decoded.value, place, network.consensus));
  await headers.setApplied(place.hash, generation);
}
