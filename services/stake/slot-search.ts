import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { createKernelSearch, type KernelSearch } from "#shared/consensus/kernel-search.ts";
import { type CompactBits, type UnixSeconds, unixSeconds } from "#shared/primitives/brand.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { StakeCoin } from "#shared/primitives/stake-coin.ts";

/** A coin that proves a block, and when. */
export interface Proof<Held extends StakeCoin> {
  readonly coin: Held;
  readonly time: UnixSeconds;
}

/** Slots still to be tried, the newest first, both ends included. */
interface Stretch {
  next: number;
  readonly last: number;
  /** The first coin not yet tried at `next`. */
  coin: number;
}

/** Coins that came together: they have been tried at the same slots. */
interface Group<Held> {
  readonly coins: readonly Held[];
  readonly search: KernelSearch;
  /** The newest stretch last. */
  readonly stretches: Stretch[];
}

/**
 * Every coin at every slot after one parent, each pair once, whenever it is looked at and however
 * late a coin came. The newest slots come first, and what is left over is tried another time, so
 * that a wallet unlocked on an old tip neither misses a slot nor holds up the present one.
 */
export class SlotSearch<Held extends StakeCoin> {
  readonly parent: HeaderRecord;
  readonly #bits: CompactBits;
  readonly #slotSeconds: number;
  readonly #first: number;
  readonly #groups: Group<Held>[] = [];
  readonly #known = new Set<string>();
  #searchedTo: number;

  /**
   * @param slots `bits` of a block after `parent`; seconds between two slots, a power of two; and
   *   how long after its parent a block comes at the earliest
   */
  constructor(
    parent: HeaderRecord,
    slots: {
      readonly bits: CompactBits;
      readonly slotSeconds: number;
      readonly spacingSecondsMin: number;
    },
  ) {
    this.parent = parent;
    this.#bits = slots.bits;
    this.#slotSeconds = slots.slotSeconds;
    const earliest = parent.header.time + Math.max(1, slots.spacingSecondsMin);
    this.#first = Math.ceil(earliest / slots.slotSeconds) * slots.slotSeconds;
    this.#searchedTo = this.#first - slots.slotSeconds;
  }

  /** The last slot that was asked for; the one before the first while none was. */
  get searchedTo(): UnixSeconds {
    return unixSeconds(this.#searchedTo);
  }

  /** Ask for all slots up to this one, and for coins that were not there before. */
  extend(coins: readonly Held[], now: UnixSeconds): void {
    const slot = now - (now % this.#slotSeconds);
    if (slot > this.#searchedTo) {
      const last = this.#searchedTo + this.#slotSeconds;
      for (const { stretches } of this.#groups) stretches.push({ next: slot, last, coin: 0 });
      this.#searchedTo = slot;
    }
    const fresh = coins.filter(({ outpoint }) => !this.#known.has(outpointKey(outpoint)));
    if (fresh.length === 0 || this.#searchedTo < this.#first) return;
    for (const { outpoint } of fresh) this.#known.add(outpointKey(outpoint));
    const candidates = fresh.map(({ outpoint, coin }) => ({ prevout: outpoint, coin }));
    this.#groups.push({
      coins: fresh,
      search: createKernelSearch(this.parent.stakeModifier, this.#bits, candidates),
      stretches: [{ next: this.#searchedTo, last: this.#first, coin: 0 }],
    });
  }

  /**
   * Try on until a coin proves a block.
   *
   * @param kernels about how many each group may try
   * @returns the proof, after which the search goes on; `spent` when there is more to try
   */
  next(kernels: number): Proof<Held> | "spent" | "done" {
    let isSpent = false;
    for (const group of this.#groups) {
      const found = this.#nextIn(group, kernels);
      if (found === "spent") isSpent = true;
      else if (found !== undefined) return found;
    }
    return isSpent ? "spent" : "done";
  }

  #nextIn(group: Group<Held>, kernels: number): Proof<Held> | "spent" | undefined {
    let left = kernels;
    for (let at = group.stretches.at(-1); at !== undefined; at = group.stretches.at(-1)) {
      while (at.next >= at.last) {
        if (left <= 0) return "spent";
        const time = unixSeconds(at.next);
        const count = group.coins.length - at.coin;
        const index = group.search.tryAt(time, { from: at.coin, count });
        const coin = index === undefined ? undefined : group.coins[index];
        if (index !== undefined && coin !== undefined) {
          at.coin = index + 1;
          return { coin, time };
        }
        left -= count;
        at.next -= this.#slotSeconds;
        at.coin = 0;
      }
      group.stretches.pop();
    }
    return undefined;
  }
}
