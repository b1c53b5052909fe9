import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { HASH_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { answerControl } from "#services/rpc/methods/answer-control.ts";

export const reconsiderBlock = defineMethod({
  name: "reconsiderblock",
  reach: "development",
  description: "Forget that a block, its ancestors and descendants were bad, and judge them again.",
  parameters: () => ({ blockhash: HASH_PARAMETER }),
  async run({ blockhash }, { deps }) {
    return answerControl(await deps.control.development?.reconsider(blockhash));
  },
});
