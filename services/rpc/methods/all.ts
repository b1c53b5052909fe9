import type { Method } from "#services/rpc/json-rpc/method.ts";
import { addNode } from "#services/rpc/methods/add-node.ts";
import { clearBanned } from "#services/rpc/methods/clear-banned.ts";
import { decodeRawTransaction } from "#services/rpc/methods/decode-raw-transaction.ts";
import { decodeScript } from "#services/rpc/methods/decode-script.ts";
import { disconnectNode } from "#services/rpc/methods/disconnect-node.ts";
import { generate } from "#services/rpc/methods/generate.ts";
import { generateToAddress } from "#services/rpc/methods/generate-to-address.ts";
import { getAddedNodeInfo } from "#services/rpc/methods/get-added-node-info.ts";
import { getBestBlockHash } from "#services/rpc/methods/get-best-block-hash.ts";
import { getBlock } from "#services/rpc/methods/get-block.ts";
import { getBlockCount } from "#services/rpc/methods/get-block-count.ts";
import { getBlockHash } from "#services/rpc/methods/get-block-hash.ts";
import { getBlockHeader } from "#services/rpc/methods/get-block-header.ts";
import { getBlockchainInfo } from "#services/rpc/methods/get-blockchain-info.ts";
import { getChainTips } from "#services/rpc/methods/get-chain-tips.ts";
import { getConnectionCount } from "#services/rpc/methods/get-connection-count.ts";
import { getDifficulty } from "#services/rpc/methods/get-difficulty.ts";
import { getIndexInfo } from "#services/rpc/methods/get-index-info.ts";
import { getMempoolEntry } from "#services/rpc/methods/get-mempool-entry.ts";
import { getMempoolInfo } from "#services/rpc/methods/get-mempool-info.ts";
import { getNetTotals } from "#services/rpc/methods/get-net-totals.ts";
import { getNetworkInfo } from "#services/rpc/methods/get-network-info.ts";
import { getPeerInfo } from "#services/rpc/methods/get-peer-info.ts";
import { getRawMempool } from "#services/rpc/methods/get-raw-mempool.ts";
import { getRawTransaction } from "#services/rpc/methods/get-raw-transaction.ts";
import { getRpcInfo } from "#services/rpc/methods/get-rpc-info.ts";
import { getTxOut } from "#services/rpc/methods/get-tx-out.ts";
import { getTxOutProof } from "#services/rpc/methods/get-tx-out-proof.ts";
import { getTxOutSetInfo } from "#services/rpc/methods/get-tx-out-set-info.ts";
import { help } from "#services/rpc/methods/help.ts";
import { invalidateBlock } from "#services/rpc/methods/invalidate-block.ts";
import { listBanned } from "#services/rpc/methods/list-banned.ts";
import { ping } from "#services/rpc/methods/ping.ts";
import { reconsiderBlock } from "#services/rpc/methods/reconsider-block.ts";
import { sendRawTransaction } from "#services/rpc/methods/send-raw-transaction.ts";
import { setBan } from "#services/rpc/methods/set-ban.ts";
import { setMockTime } from "#services/rpc/methods/set-mock-time.ts";
import { STAKING_METHODS } from "#services/rpc/methods/staking/staking-methods.ts";
import { stop } from "#services/rpc/methods/stop.ts";
import { submitBlock } from "#services/rpc/methods/submit-block.ts";
import { testMempoolAccept } from "#services/rpc/methods/test-mempool-accept.ts";
import { uptime } from "#services/rpc/methods/uptime.ts";
import { validateAddress } from "#services/rpc/methods/validate-address.ts";
import { verifyTxOutProof } from "#services/rpc/methods/verify-tx-out-proof.ts";
import { WALLET_METHODS } from "#services/rpc/methods/wallet/wallet-methods.ts";

/** Every method, those of development networks included. */
export const METHODS: readonly Method[] = [
  getBestBlockHash,
  getBlockCount,
  getBlockHash,
  getBlockHeader,
  getBlock,
  getBlockchainInfo,
  getChainTips,
  getDifficulty,
  getTxOut,
  getTxOutSetInfo,
  getTxOutProof,
  verifyTxOutProof,
  getRawMempool,
  getMempoolInfo,
  getMempoolEntry,
  sendRawTransaction,
  testMempoolAccept,
  getRawTransaction,
  decodeRawTransaction,
  decodeScript,
  validateAddress,
  getIndexInfo,
  getNetworkInfo,
  getConnectionCount,
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
  uptime,
  help,
  stop,
  submitBlock,
  generate,
  generateToAddress,
  setMockTime,
  invalidateBlock,
  reconsiderBlock,
  ...WALLET_METHODS,
  ...STAKING_METHODS,
];
