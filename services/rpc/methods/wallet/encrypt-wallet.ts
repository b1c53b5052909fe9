import * as z from "zod";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { defineWalletMethod } from "#services/rpc/methods/wallet/wallet-method.ts";

export const encryptWallet = defineWalletMethod({
  name: "encryptwallet",
  description: "Refused: every wallet here is encrypted from its creation.",
  parameters: () => ({ passphrase: z.string() }),
  run() {
    const message =
      "Error: running with an encrypted wallet, but encryptwallet was called; use " +
      "walletpassphrasechange";
    return refuse(RPC_CODES.wrongEncryption, message);
  },
});
