import { parseCoins } from "#services/rpc/json/parse-coins.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import {
  badAmount,
  COINS_PARAMETER,
  defineWalletMethod,
} from "#services/rpc/methods/wallet/wallet-method.ts";

/** Base units per 1,000 bytes that a node relays. @source exos-l1.md 6.2 */
const RELAY_RATE = 10_000n;

export const setTxFee = defineWalletMethod({
  name: "settxfee",
  description: "What the wallet pays per 1,000 bytes from here on; 0: what is built in.",
  parameters: () => ({ amount: COINS_PARAMETER }),
  run({ amount }, { loaded }) {
    const rate = parseCoins(amount);
    if (rate === undefined || rate < 0n) return badAmount();
    if (rate !== 0n && rate < RELAY_RATE) {
      return refuse(
        RPC_CODES.parameter,
        "txfee cannot be less than min relay tx fee (0.00010000 per 1,000 bytes)",
      );
    }
    loaded.setFeeRate(rate === 0n ? undefined : rate);
    return { ok: true, value: true };
  },
});
