import { blockReward, type RewardParams } from "#shared/consensus/block-reward.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Amount, Height } from "#shared/primitives/brand.ts";

/** What a block mints, in base units. */
export interface Minting {
  readonly height: Height;
  readonly fees: Amount;
  /** All outputs of the coinbase, or of the coinstake less all its inputs. */
  readonly minted: bigint;
}

/**
 * A coinbase pays no more than the block's reward and fees.
 *
 * @source PosCoinviewRule.cs CheckBlockReward (EXOSFullNode e61c2e61); exos-l1.md 4.5 rule 5d
 */
export function checkWorkReward(minting: Minting, params: RewardParams): Violation | undefined {
  return exceeds(minting, minting.fees + blockReward(minting.height, "work", params))
    ? violation("bad-cb-amount", { minted: minting.minted.toString() })
    : undefined;
}

/**
 * A coinstake, all of it, pays no more than its inputs, the block's reward and fees.
 *
 * @source PosCoinviewRule.cs CheckBlockReward (EXOSFullNode e61c2e61); exos-l1.md 4.5 rule 5d
 */
export function checkStakeReward(minting: Minting, params: RewardParams): Violation | undefined {
  return exceeds(minting, minting.fees + blockReward(minting.height, "stake", params))
    ? violation("bad-cs-amount", { minted: minting.minted.toString() })
    : undefined;
}

function exceeds({ minted }: Minting, allowed: bigint): boolean {
  return minted > allowed;
}
