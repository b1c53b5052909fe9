import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { walletsOf } from "#services/rpc/methods/wallet/wallet-method.ts";

export const listWallets = defineMethod({
  name: "listwallets",
  reach: "wallet",
  description: "Names of the loaded wallets.",
  parameters: () => ({}),
  run(_, context) {
    const names = walletsOf(context).loaded();
    return { ok: true, value: names.map(({ name }) => name) };
  },
});
