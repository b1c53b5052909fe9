import type { FullEnv } from "#shared/consensus/judge-env.ts";
import type { StakeParams } from "#shared/consensus/params.ts";
import { checkKernel } from "#shared/consensus/rules/check-kernel.ts";
import { checkKernelScript } from "#shared/consensus/rules/check-kernel-script.ts";
import { checkStakeDepth } from "#shared/consensus/rules/check-stake-depth.ts";
import { findKernelCoin } from "#shared/consensus/rules/find-kernel-coin.ts";
import type { Violation } from "#shared/consensus/verdict.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";
import { height } from "#shared/primitives/brand.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";

/**
 * The coinstake of a block proves it. The same four questions as of an announcement, in another
 * order.
 *
 * @source StakeValidator.cs CheckProofOfStake (EXOSFullNode e61c2e61); exos-l1.md 4.6
 */
export function checkProofOfStake(
  coinstake: HashedTransaction,
  { bits }: Pick<BlockHeader, "bits">,
  { parent, params, coins }: Pick<FullEnv, "parent" | "params" | "coins">,
  stake: StakeParams,
): Violation | undefined {
  const found = findKernelCoin(coinstake, coins);
  if (!found.ok) return found.error;
  const { coin, prevout } = found.value;
  const kernel = { modifier: parent.stakeModifier, prevout, stakeTime: coinstake.time };
  return (
    checkKernelScript(coinstake, coin, params) ??
    checkStakeDepth(coin, height(parent.height + 1), stake) ??
    checkKernel(kernel, coin, bits)
  );
}
