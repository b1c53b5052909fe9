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

/** Outputs of 34 bytes each: a transaction well below what the pool takes. */
const COUNT_MAX = 500;

export const splitCoins = defineWalletMethod({
  name: "splitcoins",
  description:
    "Pay so many coins to oneself, to one new address in so many equal parts, so that a win rests " +
    "only one of them. The txid.",
  parameters: () => ({
    amount: COINS_PARAMETER,
    count: z.int().min(2, "must be 2 or more").max(COUNT_MAX, `must be at most ${COUNT_MAX}`),
  }),
  async run({ amount: coins, count }, { loaded }) {
    const sum = parseCoins(coins);
    if (sum === undefined || sum <= 0n) return badAmount();
    const owner = await loaded.newAddress("internal");
    if (!owner.ok) return answerRefusal(owner.error);
    const { scriptPubKey } = owner.value;
    const part = sum / BigInt(count);
    // What does not divide goes with the first, so that the sum is what was asked for.
    const values = Array.from({ length: count }, (_, at) =>
      at === 0 ? sum - part * BigInt(count - 1) : part,
    );
    const payments = values.map((value) => ({ value: amount(value), scriptPubKey }));
    return answerOf(await loaded.send({ payments }), (txid) => txid);
  },
});
