import * as z from "zod";
import { COUNT_PARAMETER, HASH_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import {
  answerOf,
  defineWalletMethod,
  meaningless,
} from "#services/rpc/methods/wallet/wallet-method.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";

export const lockUnspent = defineWalletMethod({
  name: "lockunspent",
  description: "Set coins aside, or take them back; until the wallet is unloaded.",
  parameters: () => ({
    unlock: z.boolean(),
    transactions: z.array(z.object({ txid: HASH_PARAMETER, vout: COUNT_PARAMETER })).optional(),
    persistent: meaningless(false),
  }),
  async run({ unlock, transactions }, { loaded }) {
    const named = transactions?.map(({ txid, vout }) => ({
      txid: fromHashHex(txid),
      index: vout,
    }));
    const all = unlock ? loaded.lockedCoins() : [];
    return answerOf(await loaded.setLocked(named ?? all, !unlock), () => true);
  },
});
