import { type Amount, amount } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { Transaction, TxOutput } from "#shared/primitives/transaction.ts";
import type { Dialect } from "#shared/script/machine.ts";
import {
  FEE_MIN,
  FEE_RATE,
  feeOf,
  inputBytes,
  outputBytes,
  transactionBytes,
} from "#shared/wallet/fee-rules.ts";

/** Coins that one transaction sweeps: each is a signature of a key that is asked from afar. */
export const SWEEP_INPUTS_MAX = 100;
/** So many times the usual fee may be left; whoever asks for more has made a mistake, or is a thief. */
const FEE_TIMES_MAX = 2n;

/** The fee of a sweep of these coins to this script, as it is usual. */
export function sweepFee(
  coins: readonly Pick<TxOutput, "scriptPubKey">[],
  scriptPubKey: Uint8Array,
  dialect: Dialect,
): Amount {
  const inputs = coins.map((coin) => inputBytes({ ...coin, imported: false }, dialect));
  const sizeBytes = transactionBytes(
    inputs.reduce((sum, bytes) => sum + bytes, 0),
    outputBytes({ scriptPubKey }),
  );
  const fee = feeOf(sizeBytes, FEE_RATE);
  if (fee > FEE_MIN) return fee;
  return FEE_MIN;
}

/**
 * Whether a transaction has the shape of a sweep: some coins, each once, to one place and nowhere
 * else. What the coins are is not asked yet.
 *
 * @param to the only script that may be paid; `undefined` where nobody fixed one
 * @returns a sentence, or `undefined` when nothing is wrong
 * @source cloud.md 9.2
 */
export function checkSweepShape(
  { inputs, outputs }: Pick<Transaction, "inputs" | "outputs">,
  to: Uint8Array | undefined,
): string | undefined {
  if (to === undefined) return "This city has no address that its money may be swept to.";
  if (inputs.length === 0) return "It sweeps no coin.";
  if (inputs.length > SWEEP_INPUTS_MAX) {
    return `It sweeps ${inputs.length} coins, over ${SWEEP_INPUTS_MAX}.`;
  }
  if (new Set(inputs.map(({ prevout }) => outpointKey(prevout))).size < inputs.length) {
    return "It sweeps a coin twice.";
  }
  const [output, ...more] = outputs;
  if (output === undefined || more.length > 0) {
    return `It has ${outputs.length} outputs; a sweep has one.`;
  }
  return equalBytes(output.scriptPubKey, to) ? undefined : "It pays elsewhere than to the address.";
}

/**
 * Whether what a sweep leaves to miners is a fee.
 *
 * @param coins that it spends, as the chain has them
 * @returns a sentence, or `undefined` when nothing is wrong
 * @source cloud.md 9.2
 */
export function checkSweepFee(
  { outputs: [output] }: Pick<Transaction, "outputs">,
  coins: readonly Pick<TxOutput, "value" | "scriptPubKey">[],
  dialect: Dialect,
): string | undefined {
  const held = coins.reduce((sum, { value }) => sum + value, 0n);
  const fee = amount(held - (output?.value ?? 0n));
  if (fee < 0n || output === undefined || output.value <= 0n) {
    return `It pays ${output?.value ?? 0n} base units; its coins hold ${held}.`;
  }
  const feeMax = sweepFee(coins, output.scriptPubKey, dialect) * FEE_TIMES_MAX;
  return fee > feeMax
    ? `It leaves ${fee} base units to miners, above the ceiling of ${feeMax}.`
    : undefined;
}
