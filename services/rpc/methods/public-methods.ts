import type { Method } from "#services/rpc/json-rpc/method.ts";
import { decodeRawTransaction } from "#services/rpc/methods/decode-raw-transaction.ts";
import { decodeScript } from "#services/rpc/methods/decode-script.ts";
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
import { getNetworkInfo } from "#services/rpc/methods/get-network-info.ts";
import { getRawMempool } from "#services/rpc/methods/get-raw-mempool.ts";
import { getRawTransaction } from "#services/rpc/methods/get-raw-transaction.ts";
import { getTxOut } from "#services/rpc/methods/get-tx-out.ts";
import { getTxOutProof } from "#services/rpc/methods/get-tx-out-proof.ts";
import { getTxOutSetInfo } from "#services/rpc/methods/get-tx-out-set-info.ts";
import { help } from "#services/rpc/methods/help.ts";
import { sendRawTransaction } from "#services/rpc/methods/send-raw-transaction.ts";
import { getMiningInfo } from "#services/rpc/methods/staking/get-mining-info.ts";
import { getNetworkStakingInfo } from "#services/rpc/methods/staking/get-network-staking-info.ts";
import { submitBlock } from "#services/rpc/methods/submit-block.ts";
import { testMempoolAccept } from "#services/rpc/methods/test-mempool-accept.ts";
import { uptime } from "#services/rpc/methods/uptime.ts";
import { validateAddress } from "#services/rpc/methods/validate-address.ts";
import { verifyTxOutProof } from "#services/rpc/methods/verify-tx-out-proof.ts";

/** What a city answers to everybody. */
export const PUBLIC_METHODS: readonly Method[] = [
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
  uptime,
  help,
  submitBlock,
  getNetworkStakingInfo,
  getMiningInfo,
];
