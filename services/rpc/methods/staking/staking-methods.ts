import type { Method } from "#services/rpc/json-rpc/method.ts";
import { checkKernel } from "#services/rpc/methods/staking/check-kernel.ts";
import { getStakingInfo } from "#services/rpc/methods/staking/get-staking-info.ts";
import { reserveBalance } from "#services/rpc/methods/staking/reserve-balance.ts";
import { startStaking } from "#services/rpc/methods/staking/start-staking.ts";
import { stopStaking } from "#services/rpc/methods/staking/stop-staking.ts";

/** What the operator of a node asks and tells about its staking. */
export const STAKING_METHODS: readonly Method[] = [
  getStakingInfo,
  startStaking,
  stopStaking,
  reserveBalance,
  checkKernel,
];
