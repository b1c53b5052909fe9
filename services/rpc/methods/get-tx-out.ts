import * as z from "zod";
import { exactCoins } from "#services/rpc/json/exact-number.ts";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { COUNT_PARAMETER, HASH_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { coreScript } from "#services/rpc/shapes/core-script.ts";
import { viewScript } from "#services/rpc/views/script-view.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";

export const getTxOut = defineMethod({
  name: "gettxout",
  reach: "public",
  description: "An unspent output at the tip; null when it is spent, unknown or unspendable.",
  parameters: {
    txid: HASH_PARAMETER,
    n: COUNT_PARAMETER,
    include_mempool: z.boolean().default(true),
  },
  async run({ txid, n }, { chain: open, deps }) {
    const chain = await open();
    const coin = await chain.coin({ txid: fromHashHex(txid), index: n });
    if (coin === undefined) return { ok: true, value: null };
    return {
      ok: true,
      value: {
        bestblock: chain.tip.hash,
        confirmations: chain.tip.height - coin.height + 1,
        value: exactCoins(coin.value),
        scriptPubKey: coreScript(viewScript(coin.scriptPubKey, deps.network)),
        coinbase: coin.kind === "coinbase",
        coinstake: coin.kind === "coinstake",
      },
    };
  },
});
