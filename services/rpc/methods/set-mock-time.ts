import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { COUNT_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

/** Times in headers are unsigned 32-bit. */
const TIME_MAX = 0xffff_ffff;

export const setMockTime = defineMethod({
  name: "setmocktime",
  reach: "development",
  description: "Stop the node's clock at a Unix time; 0 lets it run again.",
  parameters: () => ({ timestamp: COUNT_PARAMETER }),
  run({ timestamp }, { deps }) {
    if (timestamp > TIME_MAX) {
      return refuse(RPC_CODES.parameter, `timestamp: must be at most ${TIME_MAX}`);
    }
    const time = timestamp === 0 ? undefined : unixSeconds(timestamp);
    deps.control.development?.mockTime(time);
    return { ok: true, value: null };
  },
});
