import type { Method } from "#services/rpc/json-rpc/method.ts";
import { addNode } from "#services/rpc/methods/add-node.ts";
import { clearBanned } from "#services/rpc/methods/clear-banned.ts";
import { disconnectNode } from "#services/rpc/methods/disconnect-node.ts";
import { generate } from "#services/rpc/methods/generate.ts";
import { generateToAddress } from "#services/rpc/methods/generate-to-address.ts";
import { getAddedNodeInfo } from "#services/rpc/methods/get-added-node-info.ts";
import { getNetTotals } from "#services/rpc/methods/get-net-totals.ts";
import { getPeerInfo } from "#services/rpc/methods/get-peer-info.ts";
import { getRpcInfo } from "#services/rpc/methods/get-rpc-info.ts";
import { invalidateBlock } from "#services/rpc/methods/invalidate-block.ts";
import { listBanned } from "#services/rpc/methods/list-banned.ts";
import { ping } from "#services/rpc/methods/ping.ts";
import { PUBLIC_METHODS } from "#services/rpc/methods/public-methods.ts";
import { reconsiderBlock } from "#services/rpc/methods/reconsider-block.ts";
import { setBan } from "#services/rpc/methods/set-ban.ts";
import { setMockTime } from "#services/rpc/methods/set-mock-time.ts";
import { STAKING_METHODS } from "#services/rpc/methods/staking/staking-methods.ts";
import { stop } from "#services/rpc/methods/stop.ts";
import { WALLET_METHODS } from "#services/rpc/methods/wallet/wallet-methods.ts";

/** Every method, those of development networks included. */
export const METHODS: readonly Method[] = [
  ...PUBLIC_METHODS,
  getPeerInfo,
  addNode,
  disconnectNode,
  getAddedNodeInfo,
  getNetTotals,
  ping,
  setBan,
  listBanned,
  clearBanned,
  getRpcInfo,
  stop,
  generate,
  generateToAddress,
  setMockTime,
  invalidateBlock,
  reconsiderBlock,
  ...WALLET_METHODS,
  ...STAKING_METHODS,
];
