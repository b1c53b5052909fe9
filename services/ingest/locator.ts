import { locatorHeights } from "#shared/codec/messages/locator.ts";
import { type Hash256, type Height, height } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import { hashesAt } from "./active-chain.ts";
import type { ClaimedChain } from "./claimed-chain.ts";
import type { IngestDeps } from "./deps.ts";

/** Where we stand, as a peer is told. */
export interface OwnPlace {
  readonly locator: readonly Hash256[];
  /** Of its first hash. */
  readonly height: Height;
}

/**
 * The locator for a peer: from the last header that it showed us, or from our own tip.
 *
 * @source exos-l1.md 7.5, 7.6
 */
export async function locatorFor(
  chain: ClaimedChain,
  deps: Pick<IngestDeps, "coins">,
): Promise<OwnPlace> {
  const tip = await deps.coins.tip();
  const from = height(chain.last?.height ?? tip?.height ?? 0);
  const heights = locatorHeights(from);
  const claimed = heights.flatMap((at) => chain.at(at)?.hash ?? []);
  const below = heights.filter((at) => chain.at(at) === undefined);
  const own = tip === undefined ? [] : await hashesAt(below, tip, deps);
  return { locator: [...claimed, ...own].map(fromHashHex), height: from };
}
