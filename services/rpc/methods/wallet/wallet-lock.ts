import { defineWalletMethod } from "#services/rpc/methods/wallet/wallet-method.ts";

export const walletLock = defineWalletMethod({
  name: "walletlock",
  description: "Forget the keys of a wallet until its passphrase is given again.",
  parameters: () => ({}),
  async run(_, { loaded }) {
    await loaded.lock();
    return { ok: true, value: null };
  },
});
