import * as z from "zod";
import { parseCoins } from "#services/rpc/json/parse-coins.ts";
import { RPC_CODES, type RpcError, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { COINS_PARAMETER, meaningless } from "#services/rpc/methods/wallet/wallet-method.ts";
import type { Network } from "#shared/consensus/params.ts";
import { amount } from "#shared/primitives/brand.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { TxOutput } from "#shared/primitives/transaction.ts";
import { parseAddress, scriptOfAddress } from "#shared/script/address.ts";

/** Core's target for an estimate, which no rate here depends on. */
const TARGET_DEFAULT = 6;

/** Options of both sends that Core has. */
export const PAYMENT_OPTIONS = {
  replaceable: z.boolean().default(false),
  conf_target: meaningless(TARGET_DEFAULT),
  estimate_mode: meaningless("unset", "economical", "conservative"),
} as const;

/** An output of so many coins to an address. */
export function paymentTo(
  text: string,
  coins: unknown,
  { addresses, consensus }: Network,
): Result<TxOutput, RpcError> {
  const address = parseAddress(text, addresses);
  if (address === undefined) {
    return refuse(RPC_CODES.notFound, `Invalid address: ${text.slice(0, 100)}`);
  }
  const value = parseCoins(coins);
  if (value === undefined) return refuse(RPC_CODES.type, "Invalid amount");
  if (value <= 0n || value > consensus.maxMoney) {
    return refuse(RPC_CODES.type, "Invalid amount for send");
  }
  return { ok: true, value: { value: amount(value), scriptPubKey: scriptOfAddress(address) } };
}

/** A rate in base units per byte, as Core's `fee_rate`. */
export const FEE_RATE_PARAMETER = COINS_PARAMETER.optional();

/** @returns base units per 1,000 bytes; `undefined` where nothing was said */
export function feeRateOf(
  given: unknown,
): Result<{ feeRate?: ReturnType<typeof amount> }, RpcError> {
  if (given === undefined) return { ok: true, value: {} };
  // Read as coins a base unit is 10^8 of them: three places more make a rate per 1,000 bytes.
  const perByte = parseCoins(given);
  if (perByte === undefined || perByte < 0n) return refuse(RPC_CODES.type, "Invalid fee_rate");
  return { ok: true, value: { feeRate: amount(perByte / 100_000n) } };
}
