import * as z from "zod";
import { exactCoins } from "#services/rpc/json/exact-number.ts";
import { parseCoins } from "#services/rpc/json/parse-coins.ts";
import { defineStakingMethod } from "#services/rpc/methods/staking/staking-method.ts";
import { badAmount, COINS_PARAMETER } from "#services/rpc/methods/wallet/wallet-method.ts";
import { amount } from "#shared/primitives/brand.ts";

export const reserveBalance = defineStakingMethod({
  name: "reservebalance",
  description: "Coins that never stake, until the node stops; without parameters, what is set.",
  parameters: () => ({ reserve: z.boolean().optional(), amount: COINS_PARAMETER.optional() }),
  async run({ reserve, amount: coins }, { staking }) {
    const parsed = coins === undefined ? undefined : parseCoins(coins);
    if (coins !== undefined && (parsed === undefined || parsed < 0n)) return badAmount();
    if (reserve === false) staking.setReserve(amount(0n));
    else if (parsed !== undefined) staking.setReserve(amount(parsed));
    const status = await staking.status();
    return {
      ok: true,
      value: { reserve: status.reserve > 0n, amount: exactCoins(status.reserve) },
    };
  },
});
