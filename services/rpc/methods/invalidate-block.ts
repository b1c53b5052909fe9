import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { HASH_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { answerControl } from "#services/rpc/methods/answer-control.ts";

export const invalidateBlock = defineMethod({
  name: "invalidateblock",
  reach: "development",
  description: "Treat a block and all above it as bad, and follow the next best chain.",
  parameters: () => ({ blockhash: HASH_PARAMETER }),
  async run({ blockhash }, { deps }) {
    return answerControl(await deps.control.development?.invalidate(blockhash));
  },
});
