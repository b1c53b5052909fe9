import * as z from "zod";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { answerOf, defineWalletMethod } from "#services/rpc/methods/wallet/wallet-method.ts";

/** Longer is cut to this. @source Bitcoin Core wallet/rpc/encrypt.cpp MAX_SLEEP_TIME */
const SECONDS_MAX = 100_000_000;

export const walletPassphrase = defineWalletMethod({
  name: "walletpassphrase",
  description: "Open a wallet for so many seconds; with stakingonly it signs blocks alone.",
  parameters: () => ({
    passphrase: z.string(),
    timeout: z.int(),
    stakingonly: z.boolean().default(false),
  }),
  async run({ passphrase, timeout, stakingonly: stakingOnly }, { loaded }) {
    if (timeout < 0) return refuse(RPC_CODES.parameter, "Timeout cannot be negative.");
    if (passphrase === "") return refuse(RPC_CODES.parameter, "passphrase cannot be empty");
    if (timeout === 0) {
      await loaded.lock();
      return { ok: true, value: null };
    }
    const seconds = Math.min(timeout, SECONDS_MAX);
    return answerOf(await loaded.unlock(passphrase, { stakingOnly, seconds }), () => null);
  },
});
