/** Where a route of `/v1` is found, and by whom. */
export interface Place {
  readonly method: "get" | "post";
  /** With parameters in braces. */
  readonly path: `/${string}`;
  /** Whoever owns the node, by a login; everybody unless given. */
  readonly reach?: "local";
}

/**
 * Every route of `/v1` but the document itself, by its verb and noun. What they are made of is loaded
 * when one of them is asked for, since a start needs no more than to know them.
 */
export const PLACES = {
  getNode: { method: "get", path: "/v1/node" },
  getHealth: { method: "get", path: "/v1/health" },
  getTip: { method: "get", path: "/v1/tip" },
  listBlocks: { method: "get", path: "/v1/blocks" },
  getBlock: { method: "get", path: "/v1/blocks/{id}" },
  listBlockTransactions: { method: "get", path: "/v1/blocks/{id}/txs" },
  listHeaders: { method: "get", path: "/v1/headers" },
  postTransaction: { method: "post", path: "/v1/txs" },
  testTransaction: { method: "post", path: "/v1/txs/test" },
  getTransaction: { method: "get", path: "/v1/txs/{txid}" },
  getTransactionProof: { method: "get", path: "/v1/txs/{txid}/proof" },
  getAddress: { method: "get", path: "/v1/addresses/{a}" },
  listAddressTransactions: { method: "get", path: "/v1/addresses/{a}/txs" },
  listAddressCoins: { method: "get", path: "/v1/addresses/{a}/coins" },
  getMempool: { method: "get", path: "/v1/mempool" },
  getSupply: { method: "get", path: "/v1/supply" },
  getCountedSet: { method: "get", path: "/v1/snapshots/{height}" },
  getRichList: { method: "get", path: "/v1/richlist" },
  getNetworkStaking: { method: "get", path: "/v1/staking/network" },
  getStakingStatus: { method: "get", path: "/v1/staking/status", reach: "local" },
  getFleet: { method: "get", path: "/v1/fleet" },
  getCity: { method: "get", path: "/v1/fleet/{city}" },
  setPartition: { method: "post", path: "/v1/dev/partition", reach: "local" },
  search: { method: "get", path: "/v1/search" },
  listErrors: { method: "get", path: "/v1/errors" },
  listLimits: { method: "get", path: "/v1/limits" },
} as const satisfies Readonly<Record<string, Place>>;

/** Verb and noun of a route. */
export type OperationId = keyof typeof PLACES;

/** Each of them, in the order of the table. */
export const OPERATION_IDS = Object.keys(PLACES) as readonly OperationId[];
