import * as z from "zod";
import { defineStakingMethod } from "#services/rpc/methods/staking/staking-method.ts";
import { answerOf } from "#services/rpc/methods/wallet/wallet-method.ts";

export const startStaking = defineStakingMethod({
  name: "startstaking",
  description: "Begin to stake. With a passphrase the wallet is opened for staking alone.",
  parameters: () => ({ wallet: z.string().optional(), passphrase: z.string().optional() }),
  async run({ wallet, passphrase }, { staking, wallet: named }) {
    const name = wallet ?? named;
    const started = await (passphrase === undefined
      ? staking.start()
      : staking.start({ name, password: passphrase }));
    return answerOf(started, () => true);
  },
});
