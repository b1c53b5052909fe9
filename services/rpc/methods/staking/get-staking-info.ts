import { defineStakingMethod } from "#services/rpc/methods/staking/staking-method.ts";
import { difficultyOf } from "#services/rpc/views/difficulty.ts";
import { nextBits } from "#shared/consensus/next-bits.ts";

/** Base units as a JSON number, digit by digit. */
const exact = (units: bigint) => JSON.rawJSON(units.toString());

/** Keys of EXOS-Qt; the reference spells them in camel case, and both are there. */
const CAMEL: Readonly<Record<string, string>> = {
  currentblocksize: "currentBlockSize",
  currentblocktx: "currentBlockTx",
  pooledtx: "pooledTx",
  "search-interval": "searchInterval",
  netstakeweight: "netStakeWeight",
  expectedtime: "expectedTime",
};

export const getStakingInfo = defineStakingMethod({
  name: "getstakinginfo",
  description: "How staking stands, and the one reason why it does not. Weights in base units.",
  parameters: () => ({}),
  async run(_, { staking, chain, stores, deps }) {
    const { tip } = await chain();
    const status = await staking.status();
    const { reason, wins, lastBlock } = status;
    const { code, text, since, next, fix } = reason;
    const rows = {
      enabled: status.enabled,
      staking: status.searching,
      errors: status.searching ? null : text,
      currentblocksize: lastBlock?.size ?? 0,
      currentblocktx: lastBlock?.transactions ?? 0,
      pooledtx: (await stores.mempool.info()).count,
      difficulty: difficultyOf(nextBits(tip, "stake", deps.network.consensus)),
      "search-interval": status.searchSeconds,
      weight: exact(status.weight),
      netstakeweight: Math.round(status.networkWeight),
      immature: exact(status.immature),
      expectedtime: Math.round(status.expectedSeconds ?? 0),
      reason: { code, text, since, next, fix },
      wins: wins.map((win) => ({ ...win, gain: exact(win.gain) })),
      reserve: exact(status.reserve),
    };
    const camel = Object.entries(rows).map(([key, value]) => [CAMEL[key] ?? key, value]);
    return { ok: true, value: { ...rows, ...Object.fromEntries(camel) } };
  },
});
