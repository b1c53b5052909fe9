import * as z from "zod";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import {
  answerOf,
  defineWalletMethod,
  walletsOf,
} from "#services/rpc/methods/wallet/wallet-method.ts";

export const walletPassphraseChange = defineWalletMethod({
  name: "walletpassphrasechange",
  description: "Put a wallet under another passphrase.",
  parameters: () => ({ oldpassphrase: z.string(), newpassphrase: z.string() }),
  async run({ oldpassphrase: password, newpassphrase: next }, context) {
    if (password === "" || next === "") {
      return refuse(RPC_CODES.parameter, "passphrase cannot be empty");
    }
    const change = { password, next };
    const { name } = context.loaded;
    return answerOf(await walletsOf(context).changePassword(name, change), () => null);
  },
});
