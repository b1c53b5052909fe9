import * as z from "zod";
import { HASH_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { defineStakingMethod } from "#services/rpc/methods/staking/staking-method.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";

const OUTPOINT = z.object({ txid: HASH_PARAMETER, vout: z.int().min(0) });
/** Coins that one call may name. */
const INPUTS_MAX = 1_000;

export const checkKernel = defineStakingMethod({
  name: "checkkernel",
  description: "Whether coins of the open wallets prove a block at the present slot.",
  parameters: () => ({
    inputs: z.array(OUTPOINT).max(INPUTS_MAX).optional(),
    createblocktemplate: z.literal(false, { error: "has no meaning on this node" }).optional(),
  }),
  aliases: { template: "createblocktemplate" },
  async run({ inputs }, { staking }) {
    const outpoints = inputs?.map(({ txid, vout }) => ({ txid: fromHashHex(txid), index: vout }));
    const checks = await staking.checkKernels(outpoints);
    const kernels = checks.map(({ outpoint, state, found, time, chancePerSlot }) => ({
      txid: toHashHex(outpoint.txid),
      vout: outpoint.index,
      state,
      found,
      time,
      chance: chancePerSlot,
    }));
    return { ok: true, value: { found: kernels.some(({ found }) => found), kernels } };
  },
});
