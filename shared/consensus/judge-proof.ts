import type { Announcement, HeaderProof } from "#shared/consensus/announcement.ts";
import type { HeaderEnv } from "#shared/consensus/judge-env.ts";
import type { StakeParams } from "#shared/consensus/params.ts";
import { checkBlockSignature } from "#shared/consensus/rules/check-block-signature.ts";
import { checkKernel } from "#shared/consensus/rules/check-kernel.ts";
import { checkKernelScript } from "#shared/consensus/rules/check-kernel-script.ts";
import { checkParentModifier } from "#shared/consensus/rules/check-parent-modifier.ts";
import { checkProofRoot } from "#shared/consensus/rules/check-proof-root.ts";
import { checkStakeDepth } from "#shared/consensus/rules/check-stake-depth.ts";
import { checkStakeTime } from "#shared/consensus/rules/check-stake-time.ts";
import { checkWorkHeight } from "#shared/consensus/rules/check-work-height.ts";
import { checkWorkTarget } from "#shared/consensus/rules/check-work-target.ts";
import { findAnnouncedCoin } from "#shared/consensus/rules/find-announced-coin.ts";
import { findCoinstake } from "#shared/consensus/rules/find-coinstake.ts";
import type { Violation } from "#shared/consensus/verdict.ts";
import { height } from "#shared/primitives/brand.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { isCoinstake } from "#shared/primitives/transaction-shape.ts";

/** An announcement that shows something. */
export interface ProvenAnnouncement extends Announcement {
  readonly proof: HeaderProof;
}

/**
 * What is wrong with the proof that a header was announced with.
 *
 * A transaction that is no coinstake passes for proof of work, whose Merkle proof and signature
 * nobody looks at: that the block is proven by stake after all, only its body shows.
 *
 * @source ProvenHeaderCoinstakeRule.cs (EXOSFullNode e61c2e61); exos-l1.md 3.5
 */
export function judgeProof(
  announced: ProvenAnnouncement,
  env: HeaderEnv,
  stake: StakeParams,
): Violation | undefined {
  const { header, proof } = announced;
  const shown = findCoinstake(proof.coinstake);
  if (!shown.ok) return shown.error;
  if (isCoinstake(shown.value)) return judgeStake(announced, shown.value, { ...env, stake });
  return (
    checkWorkHeight(height(env.parent.height + 1), stake) ??
    checkWorkTarget(header, env.params) ??
    checkParentModifier(header, env.parent)
  );
}

function judgeStake(
  announced: ProvenAnnouncement,
  coinstake: HashedTransaction,
  env: HeaderEnv & { readonly stake: StakeParams },
): Violation | undefined {
  const { header, hash, proof } = announced;
  const { parent, stake } = env;
  const timeFault = checkStakeTime(coinstake, header, stake);
  if (timeFault !== undefined) return timeFault;
  const found = findAnnouncedCoin(coinstake, env);
  if (!found.ok) return found.error;
  const { coin, prevout } = found.value;
  const kernel = { modifier: parent.stakeModifier, prevout, stakeTime: coinstake.time };
  return (
    checkStakeDepth(coin, height(parent.height + 1), stake) ??
    checkKernelScript(coinstake, coin, env.params) ??
    checkParentModifier(header, parent) ??
    checkKernel(kernel, coin, header.bits) ??
    checkProofRoot(proof, header) ??
    checkBlockSignature({ hash, signature: proof.signature }, coinstake)
  );
}
