import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { wordHex } from "#services/rpc/shapes/core-header.ts";
import { difficultyOf } from "#services/rpc/views/difficulty.ts";
import { medianTime } from "#shared/consensus/median-time.ts";

export const getBlockchainInfo = defineMethod({
  name: "getblockchaininfo",
  reach: "public",
  description: "The state of the chain, with the last final block.",
  parameters: () => ({}),
  async run(_, { chain: open, deps, stores }) {
    const chain = await open();
    const { tip, finalHeight } = chain;
    const { phase, progress } = deps.state();
    const [heaviest] = await stores.headers.leaves(1);
    const best = heaviest === undefined ? undefined : await chain.header(heaviest);
    const sync = deps.sync?.();
    const headers = Math.max(tip.height, best?.record.height ?? 0, sync?.target ?? 0);
    const lowest = deps.control.lowestBody();
    return {
      ok: true,
      value: {
        chain: deps.network.kind,
        blocks: tip.height,
        headers,
        bestblockhash: tip.hash,
        difficulty: difficultyOf(tip.header.bits),
        time: tip.header.time,
        mediantime: medianTime(tip.context),
        verificationprogress:
          phase === "importing" ? progress : headers === 0 ? 1 : tip.height / headers,
        initialblockdownload: phase === "importing" || sync?.initialDownload === true,
        chainwork: wordHex(tip.work),
        size_on_disk: await deps.control.sizeOnDisk(),
        pruned: lowest > 1,
        ...(lowest > 1 ? { pruneheight: lowest } : {}),
        finalized: { height: finalHeight, hash: await chain.hashAt(finalHeight) },
        warnings: [],
      },
    };
  },
});
