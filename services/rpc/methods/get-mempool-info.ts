import { exactCoins } from "#services/rpc/json/exact-number.ts";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";

export const getMempoolInfo = defineMethod({
  name: "getmempoolinfo",
  reach: "public",
  description:
    "How many transactions wait, what they take and pay, and what it costs to join them.",
  parameters: () => ({}),
  async run(_, { stores }) {
    const info = await stores.mempool.info();
    return {
      ok: true,
      value: {
        loaded: info.loaded,
        size: info.count,
        bytes: info.bytes,
        usage: info.usage,
        total_fee: exactCoins(info.totalFees),
        maxmempool: info.usageMax,
        mempoolminfee: exactCoins(info.feeRateMin),
        minrelaytxfee: exactCoins(info.relayFeeRateMin),
        incrementalrelayfee: exactCoins(info.relayFeeRateMin),
        unbroadcastcount: info.unbroadcast,
        // A transaction has to say that it may be replaced.
        fullrbf: false,
      },
    };
  },
});
