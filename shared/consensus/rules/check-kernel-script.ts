import type { ConsensusParams } from "#shared/consensus/params.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import { verifyInput } from "#shared/script/verify-input.ts";

/** How the script ended, by coinstake: its first outpoint names the script for ever. */
const known = new WeakMap<object, string>();

const SUCCESS = "";

/**
 * The first input of a coinstake may spend its coin, under no flag at all: those of the block are
 * asked for with its other scripts. The header's stage and the full stage both ask.
 *
 * @source StakeValidator.cs VerifySignature (EXOSFullNode e61c2e61); exos-l1.md 3.5 step 6, 4.6 step 3
 */
export function checkKernelScript(
  tx: HashedTransaction,
  { value, scriptPubKey }: Pick<Coin, "value" | "scriptPubKey">,
  { dialect }: Pick<ConsensusParams, "dialect">,
): Violation | undefined {
  let error = known.get(tx);
  if (error === undefined) {
    const flags = ScriptFlags.NONE;
    error = verifyInput({ tx, index: 0, value, scriptPubKey, flags, dialect }).error ?? SUCCESS;
    known.set(tx, error);
  }
  return error === SUCCESS
    ? undefined
    : violation("verify-signature-failed-on-coinstake", { error });
}
