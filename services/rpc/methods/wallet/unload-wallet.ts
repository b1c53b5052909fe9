import * as z from "zod";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { answerOf, answerRefusal, walletsOf } from "#services/rpc/methods/wallet/wallet-method.ts";

export const unloadWallet = defineMethod({
  name: "unloadwallet",
  reach: "wallet",
  description: "Lock a wallet and forget it, the one that the path names or this one.",
  parameters: () => ({
    wallet_name: z.string().optional(),
    load_on_startup: z.boolean().optional(),
  }),
  async run({ wallet_name: named }, context) {
    const wallets = walletsOf(context);
    const { wallet } = context;
    if (named !== undefined && wallet !== undefined && named !== wallet) {
      return refuse(
        RPC_CODES.parameter,
        "RPC endpoint wallet and wallet_name parameter specify different wallets",
      );
    }
    const chosen = wallets.choose(named ?? wallet);
    if (!chosen.ok) return answerRefusal(chosen.error);
    return answerOf(await wallets.unload(chosen.value.name), () => ({}));
  },
});
