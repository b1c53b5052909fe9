import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import { leastValue } from "#shared/wallet/fee-rules.ts";
import type { PaymentParams, PaymentRequest } from "#shared/wallet/payment.ts";

/** The relay takes no script with OP_RETURN of more bytes. @source exos-l1.md 6.1 step 3 */
const DATA_SCRIPT_BYTES_MAX = 40;
/** Before the data: OP_RETURN and the length. */
const DATA_FRAME_BYTES = 2;
/** Longest data that is relayed. */
export const DATA_BYTES_MAX = DATA_SCRIPT_BYTES_MAX - DATA_FRAME_BYTES;

/**
 * What is wrong with what is to be paid, before any coin is looked at.
 *
 * @returns E5013 for dust, E5014 for data that are too long, E5020 for what has no meaning
 */
export function checkPayments(
  request: Pick<PaymentRequest, "payments" | "data" | "feeRate" | "feeFrom">,
  { maxMoney, dialect }: Pick<PaymentParams, "maxMoney" | "dialect">,
): Refusal | undefined {
  const { payments, data, feeRate, feeFrom } = request;
  const sum = payments.reduce((total, { value }) => total + value, 0n);
  if (payments.length === 0 && data === undefined) return meaningless("There is nothing to pay.");
  if (sum > maxMoney) return meaningless("There is not that much money.");
  if (feeRate !== undefined && feeRate < 0n) return meaningless("A fee rate is never negative.");
  if (feeFrom?.some((index, at) => !(index in payments) || feeFrom.indexOf(index) !== at)) {
    return meaningless("The fee is to be borne by a payment that is not there.");
  }
  if (data !== undefined && (data.length === 0 || data.length > DATA_BYTES_MAX)) {
    const message = `The data have ${data.length} bytes; 1 to ${DATA_BYTES_MAX} fit.`;
    return refusal("EXOS-E5014", message, { bytes: data.length }).error;
  }
  const index = payments.findIndex((output) => output.value < leastValue(output, dialect));
  const small = payments[index];
  if (small === undefined) return undefined;
  const least = leastValue(small, dialect);
  const message = `Payment ${index + 1} holds ${small.value} base units; the least is ${least}.`;
  return refusal("EXOS-E5013", message, { value: `${small.value}`, least: `${least}` }).error;
}

function meaningless(message: string): Refusal {
  return refusal("EXOS-E5020", message).error;
}
