import type { ErrorRows } from "./error-row.ts";

/** 6xxx: minting by stake. */
export const STAKING_ERRORS = {
  "EXOS-E6001": {
    status: 503,
    title: "Signer failed",
    sentence: "Whatever holds the staking key did not sign a block.",
    hint: "The message names its own error. It is asked again; `exos stake why` shows when.",
  },
  "EXOS-E6002": {
    status: 422,
    title: "Own block refused",
    sentence: "A block that this node minted was refused by its own judge.",
    hint: "The log names the reject code. It is made again without transactions, then given up.",
  },
  "EXOS-E6003": {
    status: 409,
    title: "No staking here",
    sentence: "This node or this network does not stake.",
    hint: "Networks with proof of stake are exos, exos-test, exos-regtest and stratis.",
  },
  "EXOS-E6004": {
    status: 409,
    title: "Minted block lost",
    sentence: "A block that this node minted left the chain.",
    hint: "Another branch had more work. Nothing but the reward is lost: the coin is as it was.",
  },
} as const satisfies ErrorRows;
