import { exactCoins } from "#services/rpc/json/exact-number.ts";
import { defineWalletMethod } from "#services/rpc/methods/wallet/wallet-method.ts";

export const getBalances = defineWalletMethod({
  name: "getbalances",
  description: "What is ours, by what can be done with it now.",
  parameters: () => ({}),
  async run(_, { loaded }) {
    const { confirmed, change, pending, immature, at } = await loaded.balance();
    return {
      ok: true,
      value: {
        mine: {
          trusted: exactCoins(confirmed + change),
          untrusted_pending: exactCoins(pending),
          immature: exactCoins(immature),
        },
        lastprocessedblock: { hash: at.hash, height: at.height },
      },
    };
  },
});
