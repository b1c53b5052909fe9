import type { ConsensusParams } from "#shared/consensus/params.ts";
import { coinstakeOf } from "#shared/consensus/proof-kind.ts";
import { checkBlockSignature } from "#shared/consensus/rules/check-block-signature.ts";
import { checkMerkleRoot } from "#shared/consensus/rules/check-merkle-root.ts";
import { checkSignatureForm } from "#shared/consensus/rules/check-signature-form.ts";
import { atStage, type Verdict } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";

/**
 * Whether these bytes are the block that its hash names. Never skipped, and run again on what a
 * store gives back; a failure says nothing of the hash.
 *
 * @source exos-l1.md 4.1
 */
export function judgeIntegrity(block: Block, params: Pick<ConsensusParams, "stake">): Verdict {
  const coinstake = coinstakeOf(block, params);
  const kind = coinstake === undefined ? "work" : "stake";
  return atStage(
    "integrity",
    checkMerkleRoot(block) ??
      checkSignatureForm(block.signature, kind) ??
      (coinstake === undefined ? undefined : checkBlockSignature(block, coinstake)),
  );
}
