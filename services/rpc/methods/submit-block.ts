import * as z from "zod";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { bytesOf, HEX_TEXT_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";

export const submitBlock = defineMethod({
  name: "submitblock",
  reach: "local",
  cost: 20,
  // A block pays for itself: its proof is judged before anything of it is kept.
  openInCity: true,
  description:
    "Judge a block and follow it if its chain is the heaviest. Null when it was accepted, else " +
    "duplicate, duplicate-invalid, inconclusive (a side branch), prev-blk-not-found, or the code " +
    "of the rule it breaks.",
  parameters: () => ({ hexdata: HEX_TEXT_PARAMETER, dummy: z.unknown().optional() }),
  async run({ hexdata }, { deps }) {
    const bytes = bytesOf(hexdata);
    if (bytes === undefined) return refuse(RPC_CODES.undecodable, "Block decode failed: not hex");
    const submission = await deps.control.submit(bytes);
    if (submission.state === "judged") return { ok: true, value: submission.answer };
    return refuse(RPC_CODES.undecodable, `Block decode failed: ${submission.reason}`);
  },
});
