import * as z from "zod";
import { parseCoins } from "#services/rpc/json/parse-coins.ts";

/** Coins per 1,000 bytes that nobody means to pay. @source bitcoin/bitcoin node/transaction.h (28.0) */
const RATE_DEFAULT = "0.1";

/**
 * Highest fee rate that is accepted, coins per 1,000 bytes as a number or text; 0 is none.
 * @returns base units per 1,000 bytes, `undefined` for any
 */
export const FEE_RATE_MAX_PARAMETER = z
  .union([z.number(), z.string(), z.custom<RawJson>(JSON.isRawJSON)])
  .default(RATE_DEFAULT)
  .transform((value, context) => {
    const rate = parseCoins(value);
    if (rate !== undefined && rate >= 0n) return rate === 0n ? undefined : rate;
    context.addIssue({ code: "custom", message: "must be an amount of coins" });
    return z.NEVER;
  });
