import { ADDRESS_TYPE_PARAMETER } from "#services/rpc/methods/wallet/address-type.ts";
import { answerOf, defineWalletMethod } from "#services/rpc/methods/wallet/wallet-method.ts";

export const getRawChangeAddress = defineWalletMethod({
  name: "getrawchangeaddress",
  description: "A fresh address for the change of a raw transaction.",
  parameters: () => ({ address_type: ADDRESS_TYPE_PARAMETER }),
  async run(_, { loaded }) {
    return answerOf(await loaded.newAddress("internal"), ({ address }) => address);
  },
});
