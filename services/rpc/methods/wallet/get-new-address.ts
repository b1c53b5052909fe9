import * as z from "zod";
import { ADDRESS_TYPE_PARAMETER } from "#services/rpc/methods/wallet/address-type.ts";
import { answerOf, defineWalletMethod } from "#services/rpc/methods/wallet/wallet-method.ts";

export const getNewAddress = defineWalletMethod({
  name: "getnewaddress",
  description: "An address that nobody was given before, to receive coins.",
  parameters: () => ({ label: z.string().default(""), address_type: ADDRESS_TYPE_PARAMETER }),
  aliases: { account: "label" },
  async run({ label }, { loaded }) {
    return answerOf(await loaded.newAddress("external", label), ({ address }) => address);
  },
});
