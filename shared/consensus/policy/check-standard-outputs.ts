import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { TxOutput } from "#shared/primitives/transaction.ts";
import { dustLimit } from "./dust-limit.ts";
import { type PolicyError, policyError } from "./policy-error.ts";
import type { PoolPolicy } from "./pool-policy.ts";
import { standardScriptOf } from "./standard-script-of.ts";

/**
 * Outputs have known forms and pay enough to be spent one day; one of them may carry data.
 *
 * @source MempoolValidator.cs CheckStandardTransaction (EXOSFullNode e61c2e61); exos-l1.md 6.1.3
 */
export function checkStandardOutputs(
  { outputs }: { readonly outputs: readonly TxOutput[] },
  params: Pick<ConsensusParams, "dialect">,
  { relayFeeRate }: Pick<PoolPolicy, "relayFeeRate">,
): PolicyError | undefined {
  let data = 0;
  for (const [index, output] of outputs.entries()) {
    const form = standardScriptOf(output.scriptPubKey, params.dialect);
    if (form === undefined) return policyError("scriptpubkey", { index });
    if (form === "data") data++;
    else if (output.value < dustLimit(output, params, relayFeeRate)) {
      return policyError("dust", { index });
    }
  }
  return data > 1 ? policyError("multi-op-return", { outputs: data }) : undefined;
}
