import * as z from "zod";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { answerOf, walletsOf } from "#services/rpc/methods/wallet/wallet-method.ts";

export const loadWallet = defineMethod({
  name: "loadwallet",
  reach: "wallet",
  description: "Load a wallet of the wallet folder by its name; it comes locked.",
  parameters: () => ({ filename: z.string(), load_on_startup: z.boolean().optional() }),
  async run({ filename }, context) {
    return answerOf(await walletsOf(context).load(filename), ({ name }) => ({ name }));
  },
});
