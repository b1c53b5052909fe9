import * as z from "zod";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { answerOf, meaningless, walletsOf } from "#services/rpc/methods/wallet/wallet-method.ts";

/** Words of a new wallet. */
const WORDS = 12;

export const createWallet = defineMethod({
  name: "createwallet",
  reach: "wallet",
  description:
    "A new wallet with keys of its own, encrypted with this passphrase, loaded and locked. Its " +
    "words are shown by `exos wallet backup --words`.",
  parameters: () => ({
    wallet_name: z.string(),
    disable_private_keys: meaningless(false),
    blank: meaningless(false),
    passphrase: z.string().optional(),
    avoid_reuse: meaningless(false),
    descriptors: z.boolean().optional(),
    load_on_startup: z.boolean().optional(),
    external_signer: meaningless(false),
  }),
  async run({ wallet_name: name, passphrase }, context) {
    if (passphrase === undefined || passphrase === "") {
      return refuse(RPC_CODES.wallet, "Every wallet here is encrypted: give a passphrase");
    }
    const source = { kind: "fresh", words: WORDS } as const;
    const wallet = { name, password: passphrase, source, scheme: undefined };
    return answerOf(await walletsOf(context).create(wallet), (made) => ({ name: made.name }));
  },
});
