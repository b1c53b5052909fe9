import type { ConfigKey } from "./config-keys.ts";

/** What the pool of transactions lets in and keeps. @source interfaces.md 7.1; exos-l1.md 6.2 */
export const POOL_KEYS = {
  maxmempool: {
    kind: "integer",
    fallback: "300",
    min: 5,
    max: 65_536,
    meaning: "memory for the pool of transactions, in million bytes",
  },
  mempoolexpiry: {
    kind: "integer",
    fallback: "336",
    min: 1,
    max: 87_600,
    meaning: "hours after which a transaction that waits is given up",
  },
  minrelaytxfee: {
    kind: "integer",
    min: 0,
    max: 1_000_000_000,
    meaning: "fee that lets a transaction in, base units per 1,000 bytes; default: the network's",
  },
  acceptnonstdtxn: {
    kind: "boolean",
    meaning: "let in transactions that are not standard; default: on but for main networks",
  },
  limitancestorcount: {
    kind: "integer",
    fallback: "25",
    min: 1,
    max: 1_000,
    meaning: "transactions of a chain in the pool, up to the newest",
  },
  limitancestorsize: {
    kind: "integer",
    fallback: "101",
    min: 1,
    max: 1_000,
    meaning: "their size, in thousand bytes",
  },
  limitdescendantcount: {
    kind: "integer",
    fallback: "25",
    min: 1,
    max: 1_000,
    meaning: "transactions of a chain in the pool, down from the oldest",
  },
  limitdescendantsize: {
    kind: "integer",
    fallback: "101",
    min: 1,
    max: 1_000,
    meaning: "their size, in thousand bytes",
  },
  mempoolreplacement: {
    kind: "boolean",
    fallback: "1",
    meaning: "let a transaction that says so give way to one that pays more",
  },
  maxorphantx: {
    kind: "integer",
    fallback: "100",
    min: 0,
    max: 10_000,
    meaning: "transactions kept that wait for an unknown parent",
  },
} as const satisfies Record<string, ConfigKey>;
