import type { Tip } from "#shared/coins/tip.ts";
import { FROZEN_GROUP } from "#shared/coins/view.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import { height } from "#shared/primitives/brand.ts";
import { chainOf, type TreeBlock } from "./block-tree.ts";

/** The part of a coin store that says which chain is ours, over a tree of blocks. */
export interface TreeChain extends Pick<CoinStore, "tip" | "frozen"> {
  setTip(block: TreeBlock): void;
}

/** @param finalDepth blocks below the tip that may still be replaced */
export function createTreeChain(finalDepth: number): TreeChain {
  let tip: TreeBlock | undefined;
  return {
    setTip(block) {
      tip = block;
    },
    async tip(): Promise<Tip | undefined> {
      if (tip === undefined) return undefined;
      const final = Math.max(0, tip.height - finalDepth);
      const base = final - (final % FROZEN_GROUP);
      return {
        rev: 1,
        gen: 0,
        floor: height(0),
        height: tip.height,
        hash: tip.hash,
        work: BigInt(tip.height),
        final: height(final),
        base: height(base),
        win: chainOf(tip)
          .slice(base)
          .map(({ hash }) => hash),
        mu: undefined,
      };
    },
    async frozen(group) {
      const chain = tip === undefined ? [] : chainOf(tip);
      const hashes = chain.slice(group * FROZEN_GROUP, (group + 1) * FROZEN_GROUP);
      return hashes.length < FROZEN_GROUP ? undefined : hashes.map(({ hash }) => hash);
    },
  };
}
