import * as z from "zod";
import { exactCoins } from "#services/rpc/json/exact-number.ts";
import { COUNT_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { defineWalletMethod, meaningless } from "#services/rpc/methods/wallet/wallet-method.ts";

export const getBalance = defineWalletMethod({
  name: "getbalance",
  description: "What may be spent: mature coins of blocks, and with minconf 0 our own change.",
  parameters: () => ({
    dummy: z.literal("*", 'must be "*" or left out').optional(),
    minconf: COUNT_PARAMETER.default(0),
    include_watchonly: meaningless(false, true),
    avoid_reuse: meaningless(false, true),
  }),
  aliases: { account: "dummy" },
  async run({ minconf }, { loaded }) {
    const { confirmed, change } = await loaded.balance(minconf);
    return { ok: true, value: exactCoins(minconf === 0 ? confirmed + change : confirmed) };
  },
});
