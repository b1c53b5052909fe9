import * as z from "zod";
import { exactCoins } from "#services/rpc/json/exact-number.ts";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** Core's default, `hash_serialized_3`, is another way to hash the set: only MuHash is kept here. */
const HASH_TYPES = ["muhash", "none"];

/** What `bogosize` counts of a coin beside its script. @source bitcoin/bitcoin kernel/coinstats.cpp GetBogoSize (28.0) */
const BOGO_BYTES = 50;

export const getTxOutSetInfo = defineMethod({
  name: "gettxoutsetinfo",
  reach: "local",
  cost: 10,
  // The sums stand in the tip, and cities are compared by them.
  openInCity: true,
  description: "Number, sum, size by Bitcoin Core's measure and MuHash of all unspent outputs.",
  parameters: () => ({ hash_type: z.string().default("muhash") }),
  async run({ hash_type }, { chain: open, stores }) {
    if (!HASH_TYPES.includes(hash_type)) {
      return refuse(
        RPC_CODES.parameter,
        `hash_type: '${hash_type.slice(0, 32)}' is not one of muhash, none`,
      );
    }
    const chain = await open();
    const totals = await stores.coins.totals(chain.committed);
    return {
      ok: true,
      value: {
        height: chain.tip.height,
        bestblock: chain.tip.hash,
        txouts: totals.coins,
        bogosize: BOGO_BYTES * totals.coins + totals.scriptBytes,
        ...(hash_type === "muhash" ? { muhash: toHashHex(totals.muhash) } : {}),
        total_amount: exactCoins(totals.supply),
      },
    };
  },
});
