import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { difficultyOf } from "#services/rpc/views/difficulty.ts";

/** Blocks over which the rate of hashes is taken. @source Bitcoin Core getnetworkhashps */
const BLOCKS = 120;

export const getMiningInfo = defineMethod({
  name: "getmininginfo",
  reach: "public",
  description: "The state of minting, in the keys of Bitcoin Core.",
  parameters: () => ({}),
  async run(_, { chain: open, deps, stores }) {
    const chain = await open();
    const { tip } = chain;
    const since = (await chain.headerAt(Math.max(0, tip.height - BLOCKS)))?.record ?? tip;
    const seconds = Math.max(1, tip.header.time - since.header.time);
    const status = await deps.staking?.status();
    const made = status?.lastBlock;
    return {
      ok: true,
      value: {
        blocks: tip.height,
        ...(made === undefined
          ? {}
          : { currentblocksize: made.size, currentblocktx: made.transactions }),
        difficulty: difficultyOf(tip.header.bits),
        networkhashps: Number(tip.work - since.work) / seconds,
        pooledtx: (await stores.mempool.info()).count,
        chain: deps.network.kind,
        warnings: [],
      },
    };
  },
});
