import { defineWalletMethod } from "#services/rpc/methods/wallet/wallet-method.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

export const listLockUnspent = defineWalletMethod({
  name: "listlockunspent",
  description: "Coins that were set aside.",
  parameters: () => ({}),
  run(_, { loaded }) {
    const coins = loaded.lockedCoins();
    const value = coins.map(({ txid, index }) => ({ txid: toHashHex(txid), vout: index }));
    return { ok: true, value };
  },
});
