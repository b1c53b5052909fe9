import { futureDrift } from "#shared/consensus/future-drift.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { type PolicyError, policyError } from "./policy-error.ts";
import { transactionWeight } from "./transaction-size.ts";

const VERSION_MIN = 1;
const VERSION_MAX = 2;

/**
 * Weights from here on are not standard; Bitcoin Core lets in its round number.
 *
 * @source PosConsensusOptions (EXOSFullNode e61c2e61); bitcoin/bitcoin policy/policy.h (25.0)
 */
const WEIGHT_END = { exos: 100_000, bitcoin: 400_001 };

/**
 * Version, time and size of a standard transaction.
 *
 * @param now the network-adjusted clock
 * @source MempoolValidator.cs CheckStandardTransaction (EXOSFullNode e61c2e61); exos-l1.md 6.1.3
 */
export function checkStandardForm(
  tx: HashedTransaction,
  params: Pick<ConsensusParams, "dialect" | "driftSwitch" | "witnessScale">,
  now: UnixSeconds,
): PolicyError | undefined {
  const { version, time } = tx;
  if (version < VERSION_MIN || version > VERSION_MAX) return policyError("version", { version });
  const { driftSwitch } = params;
  if (driftSwitch !== undefined) {
    const latest = now + futureDrift(now, driftSwitch);
    if (time > latest) {
      return policyError("time-too-new", { time, until: time - latest + now }, "until");
    }
  }
  const weight = transactionWeight(tx, params);
  return weight >= WEIGHT_END[params.dialect] ? policyError("tx-size", { weight }) : undefined;
}
