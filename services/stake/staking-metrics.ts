import type { Metrics } from "#shared/ports/metrics.ts";
import { STAKE_REASONS, type StakingStatus } from "#shared/ports/staking.ts";

/** Tell how staking stands. @source interfaces.md 7.3 */
export function reportStaking(status: StakingStatus, metrics: Pick<Metrics, "gauge">): void {
  metrics.gauge("exos_stake_weight", Number(status.weight));
  metrics.gauge("exos_stake_network_weight", status.networkWeight);
  metrics.gauge("exos_stake_expected_seconds", status.expectedSeconds ?? 0);
  for (const reason of STAKE_REASONS) {
    metrics.gauge("exos_stake_state", reason === status.reason.code ? 1 : 0, { reason });
  }
}
