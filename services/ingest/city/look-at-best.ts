import type { Tip } from "#shared/coins/tip.ts";
import { hashAt } from "#shared/coins/view.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** What is looked at. */
export interface BestLookDeps {
  /** Where the heaviest chain of all peers ends. */
  best(): { readonly hash: HashHex; readonly height: number } | undefined;
  /** The tip that is held. */
  tip(): Tip | undefined;
  readonly headers: Pick<HeaderStore, "get">;
  /** What is held of a header is no longer all that is known of it. */
  forget(hash: HashHex): void;
  /** A block of that chain was found bad by others. */
  bad(hash: HashHex): Promise<void>;
}

/** Blocks of one look. */
const BLOCKS_MAX = 256;

/**
 * Looks once in a while whether the chain that is preferred leads through a bad block: whoever refused
 * it told of it by a hint, and hints are lost. While nobody knows, nothing is asked of a lighter chain.
 * A chain that goes on is given time; one that is ours costs no read.
 */
export function createBestLook(deps: BestLookDeps): () => Promise<void> {
  let before: HashHex | undefined;
  return async () => {
    const best = deps.best();
    const tip = deps.tip();
    const stands = best !== undefined && best.hash === before;
    before = best?.hash;
    if (!stands || tip === undefined) return;
    let { hash, height } = best;
    for (let looks = 0; looks < BLOCKS_MAX && isBeside(height, hash, tip); looks++) {
      deps.forget(hash);
      const stored = await deps.headers.get(hash);
      if (stored === undefined) return;
      if (stored.rejected?.effect === "invalid") return deps.bad(hash);
      hash = toHashHex(stored.record.header.prev);
      height--;
    }
  };
}

/** Whether a block is not on our chain, as far as its window tells. */
function isBeside(height: number, hash: HashHex, tip: Tip): boolean {
  return height >= tip.base && hashAt(tip, height) !== hash;
}
