import * as z from "zod";
import { readJson } from "#services/rpc/json/read-json.ts";
import { COUNT_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, type RpcError, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { parseAddresses } from "#services/rpc/methods/wallet/parse-addresses.ts";
import {
  FEE_RATE_PARAMETER,
  feeRateOf,
  PAYMENT_OPTIONS,
  paymentTo,
} from "#services/rpc/methods/wallet/payment-options.ts";
import { answerOf, defineWalletMethod } from "#services/rpc/methods/wallet/wallet-method.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { TxOutput } from "#shared/primitives/transaction.ts";

export const sendMany = defineWalletMethod({
  name: "sendmany",
  description: "Pay several addresses in one transaction. Its txid.",
  parameters: () => ({
    dummy: z.literal("", 'must be ""').default(""),
    // Clients of the reference send the JSON as a text.
    amounts: z.union([z.record(z.string(), z.unknown()), z.string()]),
    minconf: COUNT_PARAMETER.default(0),
    comment: z.string().default(""),
    subtractfeefrom: z.union([z.array(z.string()), z.string()]).default([]),
    ...PAYMENT_OPTIONS,
    fee_rate: FEE_RATE_PARAMETER,
    verbose: z.boolean().default(false),
  }),
  aliases: { fromaccount: "dummy" },
  async run(asked, { loaded, deps }) {
    const paid = paymentsOf(asked.amounts, deps.network);
    if (!paid.ok) return paid;
    const bearers = parseAddresses(asked.subtractfeefrom, deps.network);
    if (!bearers.ok) return refuse(RPC_CODES.parameter, bearers.error);
    const rate = feeRateOf(asked.fee_rate);
    if (!rate.ok) return rate;
    const addresses = [...paid.value.keys()];
    const stranger = [...bearers.value].find((address) => !addresses.includes(address));
    if (stranger !== undefined) {
      return refuse(RPC_CODES.parameter, `Invalid parameter, ${stranger} is not paid`);
    }
    const draft = {
      payments: [...paid.value.values()],
      feeFrom: [...bearers.value].map((address) => addresses.indexOf(address)),
      confirmationsMin: asked.minconf,
      replaceable: asked.replaceable,
      ...rate.value,
    };
    const sent = await loaded.send(draft, { comment: asked.comment });
    return answerOf(sent, (txid) => (asked.verbose ? { txid, fee_reason: "Fallback fee" } : txid));
  },
});

function paymentsOf(
  given: Readonly<Record<string, unknown>> | string,
  network: Network,
): Result<ReadonlyMap<string, TxOutput>, RpcError> {
  const amounts = typeof given === "string" ? parseAmounts(given) : given;
  if (amounts === undefined) return refuse(RPC_CODES.type, "amounts: no JSON object");
  const entries = Object.entries(amounts);
  if (entries.length === 0) {
    return refuse(RPC_CODES.parameter, "No valid output addresses specified.");
  }
  const payments = new Map<string, TxOutput>();
  for (const [address, coins] of entries) {
    const payment = paymentTo(address, coins, network);
    if (!payment.ok) return payment;
    payments.set(address, payment.value);
  }
  return { ok: true, value: payments };
}

function parseAmounts(text: string): Readonly<Record<string, unknown>> | undefined {
  const read = readJson(new TextEncoder().encode(text === "" ? "{}" : text));
  if (!read.ok || typeof read.value !== "object" || read.value === null) return undefined;
  return Array.isArray(read.value) || JSON.isRawJSON(read.value) ? undefined : { ...read.value };
}
