import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { TxInput } from "#shared/primitives/transaction.ts";
import { isPushOnly } from "#shared/script/classify-script.ts";
import { type PolicyError, policyError } from "./policy-error.ts";

/** A multisignature of 15 compressed keys behind a script hash takes 1,627 bytes. */
const SCRIPT_BYTES_MAX = 1_650;

/**
 * What proves a spend is short and only pushes.
 *
 * @source MempoolValidator.cs CheckStandardTransaction (EXOSFullNode e61c2e61); exos-l1.md 6.1.3
 */
export function checkStandardInputs(
  { inputs }: { readonly inputs: readonly Pick<TxInput, "scriptSig">[] },
  { dialect }: Pick<ConsensusParams, "dialect">,
): PolicyError | undefined {
  for (const [index, { scriptSig }] of inputs.entries()) {
    if (scriptSig.length > SCRIPT_BYTES_MAX) return policyError("scriptsig-size", { index });
    if (!isPushOnly(scriptSig, dialect)) return policyError("scriptsig-not-pushonly", { index });
  }
  return undefined;
}
