import { getAddress } from "#services/rpc/routes/get-address.ts";
import { getBlock } from "#services/rpc/routes/get-block.ts";
import { getCountedSet } from "#services/rpc/routes/get-counted-set.ts";
import { getCity, getFleet } from "#services/rpc/routes/get-fleet.ts";
import { getHealth } from "#services/rpc/routes/get-health.ts";
import { getMempool } from "#services/rpc/routes/get-mempool.ts";
import { getNetworkStaking } from "#services/rpc/routes/get-network-staking.ts";
import { getNode } from "#services/rpc/routes/get-node.ts";
import { getRichList } from "#services/rpc/routes/get-rich-list.ts";
import { getStakingStatus } from "#services/rpc/routes/get-staking-status.ts";
import { getSupply } from "#services/rpc/routes/get-supply.ts";
import { getTip } from "#services/rpc/routes/get-tip.ts";
import { getTransaction } from "#services/rpc/routes/get-transaction.ts";
import { getTransactionProof } from "#services/rpc/routes/get-transaction-proof.ts";
import { listAddressCoins } from "#services/rpc/routes/list-address-coins.ts";
import { listAddressTransactions } from "#services/rpc/routes/list-address-transactions.ts";
import { listBlockTransactions } from "#services/rpc/routes/list-block-transactions.ts";
import { listBlocks } from "#services/rpc/routes/list-blocks.ts";
import { listErrors } from "#services/rpc/routes/list-errors.ts";
import { listHeaders } from "#services/rpc/routes/list-headers.ts";
import { listLimits } from "#services/rpc/routes/list-limits.ts";
import { postPartition } from "#services/rpc/routes/post-partition.ts";
import { postTransaction } from "#services/rpc/routes/post-transaction.ts";
import type { Route } from "#services/rpc/routes/route.ts";
import { search } from "#services/rpc/routes/search.ts";
import { testTransaction } from "#services/rpc/routes/test-transaction.ts";

/** Every route of `/v1` but the document itself. */
export const ROUTES: readonly Route[] = [
  getNode,
  getHealth,
  getTip,
  listBlocks,
  getBlock,
  listBlockTransactions,
  listHeaders,
  postTransaction,
  testTransaction,
  getTransaction,
  getTransactionProof,
  getAddress,
  listAddressTransactions,
  listAddressCoins,
  getMempool,
  getSupply,
  getCountedSet,
  getRichList,
  getNetworkStaking,
  getStakingStatus,
  getFleet,
  getCity,
  postPartition,
  search,
  listErrors,
  listLimits,
];
