import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { isCoinbase, isCoinstake } from "#shared/primitives/transaction-shape.ts";
import { type PolicyError, policyError } from "./policy-error.ts";

/**
 * What mints stands in a block and nowhere else.
 *
 * @source MempoolValidator.cs PreMempoolChecks (EXOSFullNode e61c2e61); exos-l1.md 6.1.2
 */
export function checkNotMinting(
  tx: Pick<HashedTransaction, "inputs" | "outputs">,
  { stake }: Pick<ConsensusParams, "stake">,
): PolicyError | undefined {
  if (isCoinbase(tx)) return policyError("coinbase", {}, "invalid");
  if (stake !== undefined && isCoinstake(tx)) return policyError("coinstake", {}, "invalid");
  return undefined;
}
