import type { Method } from "#services/rpc/json-rpc/method.ts";
import { checkKernel } from "#services/rpc/methods/staking/check-kernel.ts";
import { getMiningInfo } from "#services/rpc/methods/staking/get-mining-info.ts";
import { getNetworkStakingInfo } from "#services/rpc/methods/staking/get-network-staking-info.ts";
import { getStakingInfo } from "#services/rpc/methods/staking/get-staking-info.ts";
import { reserveBalance } from "#services/rpc/methods/staking/reserve-balance.ts";
import { startStaking } from "#services/rpc/methods/staking/start-staking.ts";
import { stopStaking } from "#services/rpc/methods/staking/stop-staking.ts";

/** What is asked and told about staking and mining. */
export const STAKING_METHODS: readonly Method[] = [
  getStakingInfo,
  startStaking,
  stopStaking,
  reserveBalance,
  checkKernel,
  getNetworkStakingInfo,
  getMiningInfo,
];
