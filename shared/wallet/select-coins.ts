import type { ConsensusParams } from "#shared/consensus/params.ts";
import { type Amount, amount } from "#shared/primitives/brand.ts";
import type { Dialect } from "#shared/script/machine.ts";
import { DATA_BYTES_MAX } from "#shared/wallet/check-payments.ts";
import {
  FEE_MIN,
  feeOf,
  inputBytes,
  leastValue,
  outputBytes,
  transactionBytes,
} from "#shared/wallet/fee-rules.ts";
import type { PaymentRequest, SpendableCoin } from "#shared/wallet/payment.ts";

/** Coins that pay for something, and what becomes of their sum. */
export interface Selection {
  readonly coins: readonly SpendableCoin[];
  readonly fee: Amount;
  /** Part of the fee that payments bear; the rest the coins do. */
  readonly borne: Amount;
  /** `undefined` where it would be dust: the fee has it then. */
  readonly change: Amount | undefined;
  /** Of the signed transaction, at most. */
  readonly sizeBytes: number;
}

/** What is to be paid, and at which rate. */
export type SelectionRequest = Pick<
  PaymentRequest,
  "coins" | "payments" | "changeScript" | "data" | "feeFrom" | "spendAll"
> & { readonly feeRate: Amount };

/** Output that keeps data, at its longest. */
const DATA_OUTPUT_BYTES = 8 + 1 + 2 + DATA_BYTES_MAX;

/**
 * Choose coins: confirmed ones first, then the larger first, until they pay for payments and fee.
 *
 * @returns `undefined` when all of them together do not
 * @source interfaces.md 5.4; exos-l1.md 9.4
 */
export function selectCoins(
  request: SelectionRequest,
  { dialect }: Pick<ConsensusParams, "dialect">,
): Selection | undefined {
  const chosen: SpendableCoin[] = [];
  const sorted = request.coins.toSorted(byPreference);
  let sum = 0n;
  let bytes = 0;
  for (const [index, coin] of sorted.entries()) {
    chosen.push(coin);
    sum += coin.value;
    const { scriptPubKey, key } = coin;
    bytes += inputBytes({ scriptPubKey, imported: key.kind === "imported" }, dialect);
    if (request.spendAll === true && index < sorted.length - 1) continue;
    const settled = settle(request, { sum, bytes }, dialect);
    if (settled !== undefined) return { ...settled, coins: chosen };
  }
  return undefined;
}

function byPreference(a: SpendableCoin, b: SpendableCoin): number {
  const confirmed = Number(a.height === undefined) - Number(b.height === undefined);
  if (confirmed !== 0) return confirmed;
  return a.value < b.value ? 1 : a.value > b.value ? -1 : 0;
}

/** @returns `undefined` when the sum is not enough */
function settle(
  request: SelectionRequest,
  { sum, bytes: inputs }: { readonly sum: bigint; readonly bytes: number },
  dialect: Dialect,
): Omit<Selection, "coins"> | undefined {
  const { payments, data, changeScript, feeRate, feeFrom } = request;
  const paid = payments.reduce((total, { value }) => total + value, 0n);
  const paidBytes = payments.reduce((total, output) => total + outputBytes(output), 0);
  const outputs = paidBytes + (data === undefined ? 0 : DATA_OUTPUT_BYTES);
  const changeOutput = { scriptPubKey: changeScript };
  const bare = costOf(transactionBytes(inputs, outputs), feeRate);
  const full = costOf(transactionBytes(inputs, outputs + outputBytes(changeOutput)), feeRate);

  const isBorne = feeFrom !== undefined && feeFrom.length > 0;
  const left = sum - paid;
  const change = isBorne ? left : left - full.fee;
  if (change >= leastValue(changeOutput, dialect)) {
    return { ...full, borne: isBorne ? full.fee : amount(0n), change: amount(change) };
  }
  if (left < (isBorne ? 0n : bare.fee)) return undefined;
  // What is too little to come back is part of the fee.
  const fee = amount(max(bare.fee, left));
  return { ...bare, fee, borne: amount(fee - left), change: undefined };
}

function costOf(
  sizeBytes: number,
  rate: Amount,
): { readonly fee: Amount; readonly sizeBytes: number } {
  return { fee: amount(max(feeOf(sizeBytes, rate), FEE_MIN)), sizeBytes };
}

const max = (a: bigint, b: bigint) => (a > b ? a : b);
