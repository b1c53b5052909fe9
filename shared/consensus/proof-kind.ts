import type { ProofKind } from "#shared/consensus/header-record.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { isCoinstake } from "#shared/primitives/transaction-shape.ts";

/**
 * The coinstake of a block, where the network has stake and the second transaction is one. Nothing
 * in the header tells: the kind of a block is known from its transactions alone.
 *
 * @source BlockStake.cs IsProofOfStake (EXOSFullNode e61c2e61); exos-l1.md 4
 */
export function coinstakeOf(
  { transactions }: Pick<Block, "transactions">,
  { stake }: Pick<ConsensusParams, "stake">,
): HashedTransaction | undefined {
  const second = transactions[1];
  return stake !== undefined && second !== undefined && isCoinstake(second) ? second : undefined;
}

/** How a block is proven. */
export function proofKind(
  block: Pick<Block, "transactions">,
  params: Pick<ConsensusParams, "stake">,
): ProofKind {
  return coinstakeOf(block, params) === undefined ? "work" : "stake";
}
