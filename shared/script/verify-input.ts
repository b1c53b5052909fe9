import { sha256 } from "#shared/crypto/hashes.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { isPayToScriptHash, isPushOnly, witnessProgramOf } from "#shared/script/classify-script.ts";
import { evaluateScript, PUSH_BYTES_MAX } from "#shared/script/evaluate-script.ts";
import { inputOf } from "#shared/script/input-of.ts";
import type { InputCheck } from "#shared/script/machine.ts";
import { payToKeyHash } from "#shared/script/pay-to.ts";
import { plainPush } from "#shared/script/push.ts";
import type { ScriptError } from "#shared/script/script-error.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import { isTrue, ScriptStack } from "#shared/script/script-stack.ts";

/** Whether an input may spend its coin. */
export interface InputVerdict {
  /** `undefined` when it may. */
  readonly error: ScriptError | undefined;
  /** Whether OP_CHECKCOLDSTAKEVERIFY let it pass: the block rules then ask more. */
  readonly coldStake: boolean;
}

const NO_BYTES = new Uint8Array(0);

/**
 * Runs the script of an input, then that of the coin that it spends, then what those name: the
 * script behind a hash, the witness.
 *
 * @throws RangeError when the transaction has no such input
 * @source VerifyScript, bitcoin/bitcoin script/interpreter.cpp (25.0), and
 *   NBitcoin/ScriptEvaluationContext.cs (EXOSFullNode e61c2e61); exos-l1.md 5
 */
export function verifyInput(check: InputCheck): InputVerdict {
  const verification = new Verification(check);
  return { error: verification.run(), coldStake: verification.coldStake };
}

class Verification {
  coldStake = false;
  #stack = new ScriptStack();
  #hadWitness = false;
  readonly #check: InputCheck;
  readonly #scriptSig: Uint8Array;
  readonly #witness: readonly Uint8Array[];

  constructor(check: InputCheck) {
    const { scriptSig, witness } = inputOf(check.tx, check.index);
    this.#check = check;
    this.#scriptSig = scriptSig;
    this.#witness = witness;
  }

  run(): ScriptError | undefined {
    const { scriptPubKey, dialect } = this.#check;
    if (this.#has(ScriptFlags.SIGPUSHONLY) && !isPushOnly(this.#scriptSig, dialect)) {
      return "SigPushOnly";
    }
    const signing = this.#evaluate(this.#scriptSig, this.#stack);
    if (signing !== undefined) return signing;
    const nested = this.#has(ScriptFlags.P2SH) && isPayToScriptHash(scriptPubKey);
    const kept = nested ? this.#stack.copy() : undefined;

    const spending =
      this.#evaluateToTrue(scriptPubKey) ??
      this.#runWitness(scriptPubKey, undefined) ??
      (kept === undefined ? undefined : this.#runNested(kept));
    if (spending !== undefined) return spending;
    if (this.#has(ScriptFlags.CLEANSTACK) && this.#stack.length !== 1) return "CleanStack";
    const unexpected = this.#has(ScriptFlags.WITNESS) && !this.#hadWitness;
    return unexpected && this.#witness.length > 0 ? "WitnessUnexpected" : undefined;
  }

  /** The script that the last push of the input holds. @source BIP16 */
  #runNested(kept: ScriptStack): ScriptError | undefined {
    if (!isPushOnly(this.#scriptSig, this.#check.dialect)) return "SigPushOnly";
    this.#stack = kept;
    // Never empty: the script that was just true read its top.
    const redeemScript = kept.pop();
    return this.#evaluateToTrue(redeemScript) ?? this.#runWitness(redeemScript, redeemScript);
  }

  /** @param redeemScript where the program stands in one */
  #runWitness(script: Uint8Array, redeemScript: Uint8Array | undefined): ScriptError | undefined {
    if (!this.#has(ScriptFlags.WITNESS)) return undefined;
    const program = witnessProgramOf(script, this.#check.dialect);
    if (program === undefined) return undefined;
    this.#hadWitness = true;
    if (redeemScript === undefined) {
      if (this.#scriptSig.length > 0) return "WitnessMalleated";
    } else {
      if (!equalBytes(this.#scriptSig, plainPush(redeemScript))) return "WitnessMalleatedP2SH";
    }
    const error = this.#verifyProgram(program, redeemScript !== undefined);
    // What the program left is judged; the clean stack of the end is then a matter of form.
    this.#stack.clear();
    this.#stack.push(NO_BYTES);
    return error;
  }

  /** @source BIP141; VerifyWitnessProgram */
  #verifyProgram(
    { version, program }: { readonly version: number; readonly program: Uint8Array },
    nested: boolean,
  ): ScriptError | undefined {
    if (version > 0) {
      // Taproot is nobody's here: to Bitcoin Core without its flag such an output is open.
      const taproot = version === 1 && program.length === 32 && !nested;
      if (taproot && this.#check.dialect === "bitcoin") return undefined;
      return this.#has(ScriptFlags.DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM)
        ? "DiscourageUpgradableWitnessProgram"
        : undefined;
    }
    if (program.length === 32) {
      const script = this.#witness.at(-1);
      if (script === undefined) return "WitnessProgramEmpty";
      if (!equalBytes(sha256(script), program)) return "WitnessProgramMissmatch";
      return this.#runWitnessScript(script, this.#witness.slice(0, -1));
    }
    if (program.length === 20) {
      if (this.#witness.length !== 2) return "WitnessProgramMissmatch";
      return this.#runWitnessScript(payToKeyHash(program), this.#witness);
    }
    return "WitnessProgramWrongLength";
  }

  #runWitnessScript(script: Uint8Array, items: readonly Uint8Array[]): ScriptError | undefined {
    const stack = this.#stack.copy();
    stack.clear();
    for (const item of items) {
      if (item.length > PUSH_BYTES_MAX) return "PushSize";
      stack.push(item);
    }
    const error = this.#evaluate(script, stack, true);
    if (error !== undefined) return error;
    const clean = stack.length === 1;
    if (!clean && this.#check.dialect === "bitcoin") return "CleanStack";
    return clean && isTrue(stack.top(1)) ? undefined : "EvalFalse";
  }

  #evaluateToTrue(script: Uint8Array): ScriptError | undefined {
    const error = this.#evaluate(script, this.#stack);
    if (error !== undefined) return error;
    return this.#stack.length > 0 && isTrue(this.#stack.top(1)) ? undefined : "EvalFalse";
  }

  #evaluate(script: Uint8Array, stack: ScriptStack, witness = false): ScriptError | undefined {
    const { error, coldStake } = evaluateScript(script, { check: this.#check, stack, witness });
    this.coldStake ||= coldStake;
    return error;
  }

  #has(flag: number): boolean {
    return (this.#check.flags & flag) !== 0;
  }
}
