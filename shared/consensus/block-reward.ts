import type { ProofKind } from "#shared/consensus/header-record.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { type Amount, amount, type Height } from "#shared/primitives/brand.ts";

/** The part of a network that says what a block mints. */
export type RewardParams = Pick<ConsensusParams, "work" | "stake" | "premine">;

/**
 * The most a block may mint beside its fees. The premine's height pays it to either kind of proof.
 *
 * @source PosCoinviewRule.cs GetProofOfWorkReward, GetProofOfStakeReward (EXOSFullNode e61c2e61);
 *   GetBlockSubsidy, bitcoin/bitcoin validation.cpp; exos-l1.md 4.5 rule 5d
 */
export function blockReward(at: Height, kind: ProofKind, params: RewardParams): Amount {
  const { work, stake, premine } = params;
  if (premine?.height === at) return premine.reward;
  if (kind === "stake" && stake !== undefined) return stake.reward;
  if (work.halvingBlocks === undefined) return work.reward;
  return amount(work.reward >> BigInt(Math.floor(at / work.halvingBlocks)));
}
