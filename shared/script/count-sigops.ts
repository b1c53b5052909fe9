import { hash160 } from "#shared/crypto/hashes.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import { isPayToScriptHash, isPushOnly, witnessProgramOf } from "#shared/script/classify-script.ts";
import { PUSH_BYTES_MAX } from "#shared/script/evaluate-script.ts";
import type { Dialect } from "#shared/script/machine.ts";
import { OP } from "#shared/script/opcodes.ts";
import { ScriptCursor } from "#shared/script/script-cursor.ts";

/** What a multisignature counts where its number of keys is not looked at. */
const KEYS_MAX = 20;

/** An input, with the script of the coin that it spends. */
export interface SpendScripts {
  readonly scriptSig: Uint8Array;
  readonly scriptPubKey: Uint8Array;
  readonly witness: readonly Uint8Array[];
}

/** @param accurate whether a multisignature counts its keys where their number stands before it */
function countOf(script: Uint8Array, accurate: boolean): number {
  const cursor = new ScriptCursor(script);
  let count = 0;
  let before = 0;
  while (cursor.next()) {
    const { code } = cursor;
    if (code === OP.OP_CHECKSIG || code === OP.OP_CHECKSIGVERIFY) count++;
    if (code === OP.OP_CHECKMULTISIG || code === OP.OP_CHECKMULTISIGVERIFY) {
      const known = accurate && before >= OP.OP_1 && before <= OP.OP_16;
      count += known ? before - OP.OP_1 + 1 : KEYS_MAX;
    }
    before = code;
  }
  return count;
}

/**
 * Signature operations in the scripts that a transaction itself carries, executed or not.
 *
 * @source GetLegacySigOpCount, bitcoin/bitcoin consensus/tx_verify.cpp
 */
export function countLegacySigops(tx: Pick<Transaction, "inputs" | "outputs">): number {
  let count = 0;
  for (const { scriptSig } of tx.inputs) count += countOf(scriptSig, false);
  for (const { scriptPubKey } of tx.outputs) count += countOf(scriptPubKey, false);
  return count;
}

/** What the last operation of a script pushes; nothing where none is, or it is cut off. */
export function lastPush(script: Uint8Array): Uint8Array {
  const cursor = new ScriptCursor(script);
  let data: Uint8Array | undefined;
  while (cursor.next()) data = cursor.data;
  return data === undefined || cursor.truncated ? new Uint8Array(0) : data;
}

/**
 * Signature operations in the script behind a script hash. For one input that is not a coinbase's.
 *
 * The reference of EXOS counts none in a script that is not the one of the hash, is longer than 520
 * bytes, or holds an opcode it does not know or a push that is cut off.
 *
 * @source GetP2SHSigOpCount, bitcoin/bitcoin consensus/tx_verify.cpp; GetSigOpCount,
 *   NBitcoin/Script.cs (EXOSFullNode e61c2e61)
 */
export function countP2shSigops(
  { scriptSig, scriptPubKey }: Pick<SpendScripts, "scriptSig" | "scriptPubKey">,
  dialect: Dialect,
): number {
  if (!isPayToScriptHash(scriptPubKey) || !isPushOnly(scriptSig, dialect)) return 0;
  const redeemScript = lastPush(scriptSig);
  if (dialect === "bitcoin") return countOf(redeemScript, true);
  const named = equalBytes(hash160(redeemScript), scriptPubKey.subarray(2, 22));
  const known = redeemScript.length <= PUSH_BYTES_MAX && holdsOnlyKnown(redeemScript);
  return named && known ? countOf(redeemScript, true) : 0;
}

function holdsOnlyKnown(script: Uint8Array): boolean {
  const cursor = new ScriptCursor(script);
  while (cursor.next()) if (cursor.code > OP.OP_NOP10) return false;
  return !cursor.truncated;
}

/**
 * Signature operations in the witness of one input, where witnesses are in force. Those of a nested
 * program count to Bitcoin Core only.
 *
 * @source CountWitnessSigOps, bitcoin/bitcoin script/interpreter.cpp; CoinviewRule.cs (EXOSFullNode
 *   e61c2e61)
 */
export function countWitnessSigops(spend: SpendScripts, dialect: Dialect): number {
  const { scriptSig, scriptPubKey, witness } = spend;
  const nested =
    dialect === "bitcoin" && isPayToScriptHash(scriptPubKey) && isPushOnly(scriptSig, dialect);
  const program = witnessProgramOf(nested ? lastPush(scriptSig) : scriptPubKey, dialect);
  if (program === undefined || program.version !== 0) return 0;
  if (program.program.length === 20) return 1;
  const script = witness.at(-1);
  return program.program.length === 32 && script !== undefined ? countOf(script, true) : 0;
}
