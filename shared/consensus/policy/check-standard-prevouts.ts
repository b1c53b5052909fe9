import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import { witnessProgramOf } from "#shared/script/classify-script.ts";
import { countP2shSigops } from "#shared/script/count-sigops.ts";
import { type PolicyError, policyError } from "./policy-error.ts";
import { standardScriptOf } from "./standard-script-of.ts";

/** Signature operations behind one script hash. */
const P2SH_SIGOPS_MAX = 15;
const NOTHING = new Uint8Array(0);

/**
 * What is spent is of a known form. The reference asks how many signature operations a script hash
 * holds, and counts those of its 23 bytes: none; only Bitcoin's dialect looks behind it, and takes
 * no program of a later version.
 *
 * @param spent what each input spends, in order
 * @source MempoolValidator.cs AreInputsStandard (EXOSFullNode e61c2e61); AreInputsStandard,
 *   bitcoin/bitcoin policy/policy.cpp (25.0); exos-l1.md 6.1.8
 */
export function checkStandardPrevouts(
  { inputs }: Pick<Transaction, "inputs">,
  spent: readonly Pick<Coin, "scriptPubKey">[],
  { dialect }: Pick<ConsensusParams, "dialect">,
): PolicyError | undefined {
  for (const [index, { scriptPubKey }] of spent.entries()) {
    const isKnown =
      standardScriptOf(scriptPubKey, dialect) !== undefined &&
      (dialect === "exos" || isLimited(scriptPubKey, inputs[index]?.scriptSig ?? NOTHING));
    if (!isKnown) return policyError("bad-txns-nonstandard-inputs", { index });
  }
  return undefined;
}

function isLimited(scriptPubKey: Uint8Array, scriptSig: Uint8Array): boolean {
  const later = (witnessProgramOf(scriptPubKey, "bitcoin")?.version ?? 0) > 1;
  return !later && countP2shSigops({ scriptSig, scriptPubKey }, "bitcoin") <= P2SH_SIGOPS_MAX;
}
