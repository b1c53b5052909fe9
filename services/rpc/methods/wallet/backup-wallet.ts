import { isAbsolute } from "node:path";
import * as z from "zod";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import {
  answerOf,
  defineWalletMethod,
  walletsOf,
} from "#services/rpc/methods/wallet/wallet-method.ts";

export const backupWallet = defineWalletMethod({
  name: "backupwallet",
  description: "Copy the wallet's keystore to a file that does not exist yet.",
  parameters: () => ({ destination: z.string() }),
  async run({ destination }, context) {
    // Where a relative path would lie is the node's business, and nobody's guess.
    if (!isAbsolute(destination)) {
      return refuse(RPC_CODES.parameter, "destination: must be an absolute path");
    }
    const { loaded } = context;
    return answerOf(await walletsOf(context).backup(loaded.name, destination), () => null);
  },
});
