import { encodeTransaction } from "#shared/codec/encode-transaction.ts";
import { amount, unixSeconds } from "#shared/primitives/brand.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { Transaction, TxOutput } from "#shared/primitives/transaction.ts";
import { OP } from "#shared/script/opcodes.ts";
import { plainPush } from "#shared/script/push.ts";
import { checkPayments } from "#shared/wallet/check-payments.ts";
import { FEE_MAX, FEE_RATE, SIZE_BYTES_END } from "#shared/wallet/fee-rules.ts";
import type {
  PaymentParams,
  PaymentPlan,
  PaymentRequest,
  SpendableCoin,
} from "#shared/wallet/payment.ts";
import { type Selection, selectCoins } from "#shared/wallet/select-coins.ts";

/** How far ahead of the network's time a transaction may be dated. @source interfaces.md 5.4 */
const AHEAD_SECONDS_MAX = 15;
const FINAL_SEQUENCE = 0xffff_ffff;
const REPLACEABLE_SEQUENCE = 0xffff_fffd;

/**
 * Build a payment: coins are chosen, the fee is set, change comes back, and the time fits the coins.
 *
 * @returns refusals E5012 to E5015, E5018, E5019, E5020
 * @source interfaces.md 5.4; exos-l1.md 9.4
 */
export function planPayment(
  request: PaymentRequest,
  params: PaymentParams,
): Result<PaymentPlan, Refusal> {
  const wrong = checkPayments(request, params);
  if (wrong !== undefined) return { ok: false, error: wrong };
  const latest = request.now + AHEAD_SECONDS_MAX;
  const usable = request.coins.filter(({ time }) => time <= latest);
  const selection = selectCoins({ ...request, coins: usable, ...ratesOf(request) }, params);
  if (selection === undefined) return refuseSelection(request, usable);

  const { coins, fee, sizeBytes } = selection;
  const { feeMax } = ratesOf(request);
  if (sizeBytes >= SIZE_BYTES_END) {
    const message = `It would spend ${coins.length} coins in ${sizeBytes} bytes, over ${SIZE_BYTES_END - 1}.`;
    return refusal("EXOS-E5018", message, { coins: coins.length, bytes: sizeBytes });
  }
  if (fee > feeMax) {
    const message = `The fee would be ${fee} base units, above the ceiling of ${feeMax}.`;
    return refusal("EXOS-E5015", message, { fee: `${fee}`, feeMax: `${feeMax}` });
  }
  const outputs = outputsOf(request, selection);
  const dust = checkPayments({ ...request, payments: outputs.payments }, params);
  if (dust !== undefined) return { ok: false, error: dust };
  return { ok: true, value: planOf(request, selection, outputs, params) };
}

function ratesOf({ feeRate, feeMax }: PaymentRequest) {
  return { feeRate: feeRate ?? FEE_RATE, feeMax: feeMax ?? FEE_MAX };
}

function refuseSelection(
  { coins, payments, now }: PaymentRequest,
  usable: readonly SpendableCoin[],
): { readonly ok: false; readonly error: Refusal } {
  const sum = (values: readonly { readonly value: bigint }[]) =>
    values.reduce((total, { value }) => total + value, 0n);
  if (usable.length < coins.length) {
    const seconds = Math.max(...coins.map(({ time }) => time)) - now - AHEAD_SECONDS_MAX;
    const message = `${coins.length - usable.length} coins are dated ${seconds} s too far ahead.`;
    return refusal("EXOS-E5019", message, { seconds });
  }
  const [held, wanted] = [sum(usable), sum(payments)];
  const message = `${held} base units can be spent; ${wanted} and the fee are wanted.`;
  return refusal("EXOS-E5012", message, { held: `${held}`, wanted: `${wanted}` });
}

interface Outputs {
  readonly payments: readonly TxOutput[];
  readonly change: number | undefined;
  readonly all: readonly TxOutput[];
}

/** The payments, less what they bear of the fee, then the data, and the change in its place. */
function outputsOf(request: PaymentRequest, { borne, change }: Selection): Outputs {
  const bearers = request.feeFrom ?? [];
  const parts = BigInt(Math.max(bearers.length, 1));
  const payments = request.payments.map((output, index) => {
    const bears = bearers.includes(index)
      ? borne / parts + (index === bearers[0] ? borne % parts : 0n)
      : 0n;
    return { ...output, value: amount(output.value - bears) };
  });
  const all: TxOutput[] = [...payments];
  if (request.data !== undefined) {
    all.push({ value: amount(0n), scriptPubKey: dataScript(request.data) });
  }
  if (change === undefined) return { payments, change: undefined, all };
  const place = Math.min(request.changePlace ?? all.length, all.length);
  all.splice(place, 0, { value: change, scriptPubKey: request.changeScript });
  return { payments, change: place, all };
}

/** The script that keeps some bytes. */
export function dataScript(data: Uint8Array): Uint8Array {
  return Uint8Array.of(OP.OP_RETURN, ...plainPush(data));
}

function planOf(
  request: PaymentRequest,
  { coins, fee }: Selection,
  { all, change }: Outputs,
  { wire }: PaymentParams,
): PaymentPlan {
  const sequence = request.replaceable === true ? REPLACEABLE_SEQUENCE : FINAL_SEQUENCE;
  const time = Math.max(request.now, ...coins.map((coin) => coin.time));
  const transaction: Transaction = {
    version: 1,
    time: unixSeconds(wire.transactionTime ? time : 0),
    inputs: coins.map(({ outpoint }) => ({
      prevout: outpoint,
      scriptSig: new Uint8Array(0),
      sequence,
      witness: [],
    })),
    outputs: all,
    lockTime: 0,
  };
  const raw = encodeTransaction(transaction, wire, { witness: false });
  const { feeMax } = ratesOf(request);
  return { transaction, coins, fee, change, signing: { raw, inputs: coins, feeMax } };
}
