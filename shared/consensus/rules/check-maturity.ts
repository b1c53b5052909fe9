import type { ConsensusParams } from "#shared/consensus/params.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Height } from "#shared/primitives/brand.ts";
import type { Coin } from "#shared/primitives/coin.ts";

/**
 * A minted coin is spent no sooner than a number of blocks later.
 *
 * @source CoinviewRule.cs CheckCoinbaseMaturity, PosCoinviewRule.cs CheckMaturity (EXOSFullNode
 *   e61c2e61); exos-l1.md 4.8
 */
export function checkMaturity(
  coin: Pick<Coin, "kind" | "height">,
  height: Height,
  { maturityBlocks }: Pick<ConsensusParams, "maturityBlocks">,
): Violation | undefined {
  const depth = height - coin.height;
  if (coin.kind === "ordinary" || depth >= maturityBlocks) return undefined;
  return coin.kind === "coinbase"
    ? violation("bad-txns-premature-spend-of-coinbase", { depth, maturityBlocks })
    : violation("bad-txns-premature-spend-of-coinstake", { depth, maturityBlocks });
}
