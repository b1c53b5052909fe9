import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import type { Transaction, TxInput } from "#shared/primitives/transaction.ts";
import { isPayToScriptHash, witnessProgramOf } from "#shared/script/classify-script.ts";
import { lastPush } from "#shared/script/count-sigops.ts";
import { type PolicyError, policyError } from "./policy-error.ts";

const SCRIPT_BYTES_MAX = 3_600;
const ITEMS_MAX = 100;
const ITEM_BYTES_MAX = 80;

/**
 * A witness stands where a witness program asks for it, and is no larger than one needs to be.
 *
 * @param spent what each input spends, in order
 * @source MempoolValidator.cs IsWitnessStandard (EXOSFullNode e61c2e61); IsWitnessStandard,
 *   bitcoin/bitcoin policy/policy.cpp (25.0); exos-l1.md 6.1.8
 */
export function checkStandardWitness(
  { inputs }: Pick<Transaction, "inputs">,
  spent: readonly Pick<Coin, "scriptPubKey">[],
  { dialect }: Pick<ConsensusParams, "dialect">,
): PolicyError | undefined {
  for (const [index, input] of inputs.entries()) {
    const scriptPubKey = spent[index]?.scriptPubKey;
    if (input.witness.length === 0 || scriptPubKey === undefined) continue;
    if (!isStandard(input, scriptPubKey, dialect)) {
      return policyError("bad-witness-nonstandard", { index }, "bytes");
    }
  }
  return undefined;
}

function isStandard(
  { scriptSig, witness }: TxInput,
  scriptPubKey: Uint8Array,
  dialect: ConsensusParams["dialect"],
): boolean {
  const script = isPayToScriptHash(scriptPubKey) ? lastPush(scriptSig) : scriptPubKey;
  const program = witnessProgramOf(script, dialect);
  if (program === undefined) return false;
  if (program.version !== 0 || program.program.length !== 32) return true;
  const items = witness.slice(0, -1);
  return (
    (witness.at(-1)?.length ?? 0) <= SCRIPT_BYTES_MAX &&
    items.length <= ITEMS_MAX &&
    items.every(({ length }) => length <= ITEM_BYTES_MAX)
  );
}
