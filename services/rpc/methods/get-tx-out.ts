import * as z from "zod";
import { exactCoins } from "#services/rpc/json/exact-number.ts";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { COUNT_PARAMETER, HASH_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { coreScript } from "#services/rpc/shapes/core-script.ts";
import { viewScript } from "#services/rpc/views/script-view.ts";
import type { Mempool } from "#shared/ports/mempool.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";

const OP_RETURN = 0x6a;

export const getTxOut = defineMethod({
  name: "gettxout",
  reach: "public",
  description:
    "An unspent output at the tip, or in the pool unless that is left out; null when it is spent, " +
    "unknown or unspendable.",
  parameters: () => ({
    txid: HASH_PARAMETER,
    n: COUNT_PARAMETER,
    include_mempool: z.boolean().default(true),
  }),
  async run({ txid, n, include_mempool: pooled }, { chain: open, deps, stores }) {
    const chain = await open();
    const outpoint = { txid: fromHashHex(txid), index: n };
    const { mempool } = stores;
    const coin =
      (await chain.coin(outpoint)) ?? (pooled ? await madeInPool(txid, n, mempool) : undefined);
    const isSpent = pooled && (await mempool.spenderOf(outpoint)) !== undefined;
    if (coin === undefined || isSpent) return { ok: true, value: null };
    return {
      ok: true,
      value: {
        bestblock: chain.tip.hash,
        confirmations: coin.height === undefined ? 0 : chain.tip.height - coin.height + 1,
        value: exactCoins(coin.value),
        scriptPubKey: coreScript(viewScript(coin.scriptPubKey, deps.network)),
        coinbase: coin.kind === "coinbase",
        coinstake: coin.kind === "coinstake",
      },
    };
  },
});

/** An output of a transaction that waits for a block. */
async function madeInPool(txid: HashHex, index: number, mempool: Mempool) {
  const output = (await mempool.get(txid))?.tx.outputs[index];
  if (output === undefined || output.scriptPubKey[0] === OP_RETURN) return undefined;
  return { ...output, height: undefined, kind: "ordinary" as const };
}
