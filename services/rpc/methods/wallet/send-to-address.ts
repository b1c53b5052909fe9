import * as z from "zod";
import {
  FEE_RATE_PARAMETER,
  feeRateOf,
  PAYMENT_OPTIONS,
  paymentTo,
} from "#services/rpc/methods/wallet/payment-options.ts";
import {
  answerOf,
  COINS_PARAMETER,
  defineWalletMethod,
  meaningless,
} from "#services/rpc/methods/wallet/wallet-method.ts";

export const sendToAddress = defineWalletMethod({
  name: "sendtoaddress",
  description: "Pay so many coins to an address. Its txid.",
  parameters: () => ({
    address: z.string(),
    amount: COINS_PARAMETER,
    comment: z.string().default(""),
    comment_to: z.string().default(""),
    subtractfeefromamount: z.boolean().default(false),
    ...PAYMENT_OPTIONS,
    avoid_reuse: meaningless(false, true),
    fee_rate: FEE_RATE_PARAMETER,
    verbose: z.boolean().default(false),
  }),
  async run(asked, { loaded, deps }) {
    const payment = paymentTo(asked.address, asked.amount, deps.network);
    if (!payment.ok) return payment;
    const rate = feeRateOf(asked.fee_rate);
    if (!rate.ok) return rate;
    const draft = {
      payments: [payment.value],
      feeFrom: asked.subtractfeefromamount ? [0] : [],
      replaceable: asked.replaceable,
      ...rate.value,
    };
    const note = { comment: asked.comment, commentTo: asked.comment_to };
    const sent = await loaded.send(draft, note);
    return answerOf(sent, (txid) => (asked.verbose ? { txid, fee_reason: "Fallback fee" } : txid));
  },
});
