import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { INTEGER_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";

export const getBlockHash = defineMethod({
  name: "getblockhash",
  reach: "public",
  description: "Hash of the block at a height of the best chain.",
  parameters: () => ({ height: INTEGER_PARAMETER }),
  async run({ height }, { chain }) {
    const hash = await (await chain()).hashAt(height);
    if (hash === undefined) return refuse(RPC_CODES.parameter, "Block height out of range");
    return { ok: true, value: hash };
  },
});
