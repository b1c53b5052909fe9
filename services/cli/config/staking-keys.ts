import type { ConfigKey } from "#services/cli/config/config-keys.ts";

/** Keys about minting by stake. @source interfaces.md 7.1; exos-l1.md, appendix E */
export const STAKING_KEYS = {
  staking: {
    kind: "boolean",
    meaning: "stake with the open wallets; default: on a development network alone (dev)",
  },
  reservebalance: {
    kind: "text",
    fallback: "0",
    meaning: "coins that never stake, as decimal text",
  },
  minimumstakingcoinvalue: {
    kind: "integer",
    fallback: "10000000",
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    meaning: "least value of a coin that stakes, in base units",
  },
  enablecoinstakesplitting: {
    kind: "boolean",
    fallback: "1",
    meaning: "whether a large coin that wins comes back in eight",
  },
  minimumsplitcoinvalue: {
    kind: "integer",
    fallback: "10000000000",
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    meaning: "what each of the eight must exceed, in base units",
  },
} as const satisfies Record<string, ConfigKey>;
