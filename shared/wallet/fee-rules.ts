import { lengthSize } from "#shared/codec/writer.ts";
import { dustLimit } from "#shared/consensus/policy/dust-limit.ts";
import { type Amount, amount } from "#shared/primitives/brand.ts";
import type { TxOutput } from "#shared/primitives/transaction.ts";
import { classifyScript } from "#shared/script/classify-script.ts";
import type { Dialect } from "#shared/script/machine.ts";

/** Base units for each 1,000 bytes, unless told otherwise. @source interfaces.md 5.4 */
export const FEE_RATE = amount(10_000n);
/** The least fee of a payment. @source exos-l1.md 9.4 */
export const FEE_MIN = amount(10_000n);
/** The most a payment may cost unless told otherwise: 0.1 EXOS. @source exos-l1.md 9.4 */
export const FEE_MAX = amount(10_000_000n);
/** What nodes relay for, whatever a payment itself pays. @source exos-l1.md 6.2 */
const RELAY_RATE = 10_000n;

/** A transaction of this size or more is not relayed. @source exos-l1.md 6.1 step 3 */
export const SIZE_BYTES_END = 100_000;

/** Version, time, lock time and the two counts in their longest form here. */
const FRAME_BYTES = 4 + 4 + 4 + 3 + 3;
/** Outpoint, length of the script, sequence. */
const INPUT_BYTES = 36 + 1 + 4;
/** Push of a DER signature with low s, at its longest, and its hash type. */
const SIGNATURE_BYTES = 1 + 71 + 1;
const KEY_BYTES = 1 + 33;
/** A key that was used uncompressed; imported ones may be. */
const LONG_KEY_BYTES = 1 + 65;

/** Fee of so many bytes: rounded up, so that it is never below the rate. */
export function feeOf(sizeBytes: number, rate: Amount): Amount {
  return amount((BigInt(sizeBytes) * rate + 999n) / 1_000n);
}

/** Bytes of an output. */
export function outputBytes({ scriptPubKey }: Pick<TxOutput, "scriptPubKey">): number {
  return 8 + lengthSize(scriptPubKey.length) + scriptPubKey.length;
}

/**
 * An output of less than this is not relayed: spending it would cost a third of it.
 *
 * @returns 5,460 for a payment to a key's hash on EXOS
 * @source exos-l1.md 6.2
 */
export function leastValue(output: Pick<TxOutput, "scriptPubKey">, dialect: Dialect): Amount {
  return amount(dustLimit(output, { dialect }, RELAY_RATE));
}

/** Most bytes of an input that spends this script with a signature of ours. */
export function inputBytes(
  { scriptPubKey, imported }: { readonly scriptPubKey: Uint8Array; readonly imported: boolean },
  dialect: Dialect,
): number {
  const { kind } = classifyScript(scriptPubKey, dialect);
  if (kind === "p2pk") return INPUT_BYTES + SIGNATURE_BYTES;
  const branch = kind === "coldstaking" ? 1 : 0;
  const key = imported ? LONG_KEY_BYTES : KEY_BYTES;
  return INPUT_BYTES + SIGNATURE_BYTES + branch + key;
}

/** Most bytes of a transaction whose inputs and outputs have these. */
export function transactionBytes(inputs: number, outputs: number): number {
  return FRAME_BYTES + inputs + outputs;
}
