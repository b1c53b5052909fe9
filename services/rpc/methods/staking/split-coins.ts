import * as z from "zod";
import { parseCoins } from "#services/rpc/json/parse-coins.ts";
import {
  answerOf,
  answerRefusal,
  badAmount,
  COINS_PARAMETER,
  defineWalletMethod,
} from "#services/rpc/methods/wallet/wallet-method.ts";
import { amount } from "#shared/primitives/brand.ts";

/** Coins of one call: a transaction of 40 kB. */
const COUNT_MAX = 1_000;

/** @source interfaces.md 5.4, split advice */
export const splitCoins = defineWalletMethod({
  name: "splitcoins",
  description: "Pay yourself so many coins of one value, which stake beside each other. The txid.",
  parameters: {
    amount: COINS_PARAMETER,
    count: z.int().min(1, "must be positive").max(COUNT_MAX, `must be at most ${COUNT_MAX}`),
  },
  async run({ amount: coins, count }, { loaded }) {
    const value = parseCoins(coins);
    if (value === undefined || value <= 0n) return badAmount();
    const address = await loaded.newAddress("internal");
    if (!address.ok) return answerRefusal(address.error);
    const { scriptPubKey } = address.value;
    const payments = Array.from({ length: count }, () => ({ value: amount(value), scriptPubKey }));
    return answerOf(await loaded.send({ payments }), (txid) => txid);
  },
});
