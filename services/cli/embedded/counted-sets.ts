import * as z from "zod";
import { SEGMENT_BLOCKS, segmentEnd } from "#shared/coins/segment.ts";
import { cutView, hashAt } from "#shared/coins/view.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { SavedState } from "#shared/ports/saved-state.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { parseHashHex, toHashHex } from "#shared/primitives/hash.ts";

/** What a city outside AWS counted at the ends of segments, where the snapshots of others end. */
export interface CountedSets {
  /** Count at the newest end that a reorganisation may still reach, unless it was done. */
  note(): Promise<void>;
  /** @returns `undefined` at a block where it did not count */
  at(place: { readonly height: number; readonly hash: HashHex }): HashHex | undefined;
}

export interface CountingDeps {
  readonly coins: Pick<CoinStore, "tip" | "totals">;
  readonly headers: Pick<HeaderStore, "get">;
  readonly state: SavedState;
  /** Blocks of one segment; fewer in tests. */
  readonly segmentBlocks?: number;
}

/** A snapshot is older than this many segments for no longer than a load takes. */
const KEPT = 256;

const HASH = z.string().transform((text, at): HashHex => {
  const hash = parseHashHex(text);
  if (hash !== undefined) return hash;
  at.addIssue({ code: "custom", message: "no hash" });
  return z.NEVER;
});
const SAVED = z.array(z.object({ height: z.int().min(0), hash: HASH, muhash: HASH }));

/**
 * Remember the set hash at the end of each segment as the chain passes it. Coins that came from a
 * snapshot were counted by whoever wrote it: they are no witness, so nothing is noted of them.
 *
 * @source cloud.md 5.2, 5.4 "Trust"
 */
export async function openCountedSets(deps: CountingDeps): Promise<CountedSets> {
  const { coins, headers, state, segmentBlocks = SEGMENT_BLOCKS } = deps;
  const saved = await state.read();
  // What cannot be read is counted at the next ends again.
  const known = SAVED.safeParse(saved === undefined || saved === "damaged" ? [] : saved.value);
  let sets = known.data ?? [];
  const find = (height: number, hash: HashHex) =>
    sets.find((one) => one.height === height && one.hash === hash);

  return {
    at: ({ height, hash }) => find(height, hash)?.muhash,
    async note() {
      const tip = await coins.tip();
      if (tip === undefined || tip.floor > 0) return;
      const end = segmentEnd(tip.height, segmentBlocks);
      // Below, what was spent since is gone.
      const hash = end > 0 && end >= tip.final ? hashAt(tip, end) : undefined;
      const stored = hash === undefined ? undefined : await headers.get(hash);
      if (stored === undefined || find(end, stored.record.hash) !== undefined) return;
      const { muhash } = await coins.totals({ ...tip, ...cutView(tip, stored.record) });
      const set = { height: end, hash: stored.record.hash, muhash: toHashHex(muhash) };
      sets = [...sets.filter((one) => one.height !== end), set].slice(-KEPT);
      await state.write(sets);
    },
  };
}
