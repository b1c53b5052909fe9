import { signingKey } from "#shared/consensus/signing-key.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import { verifySignature } from "#shared/crypto/verify-signature.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";

/** What the last check of a coinstake object was about, and how it ended. */
const known = new WeakMap<object, { hash: Uint8Array; signature: Uint8Array; valid: boolean }>();

/**
 * The key that the coinstake names in output 1 signed the block's hash, as it is, undigested.
 *
 * No hash commits to the signature, so a bad one is the delivery's fault. The reference throws for a
 * key off the curve and answers nothing any more; false is what the check stands for. The header's
 * stage and the integrity stage both ask, so the answer is kept with the coinstake.
 *
 * @source StakeValidator.cs CheckStakeSignature, PosBlockSignatureRule.cs (EXOSFullNode e61c2e61);
 *   exos-l1.md 3.5 step 9, 4.1 rule 3, 4.3
 */
export function checkBlockSignature(
  { hash, signature }: Pick<Block, "hash" | "signature">,
  coinstake: Pick<Transaction, "outputs">,
): Violation | undefined {
  const before = known.get(coinstake);
  if (before?.hash === hash && before.signature === signature) return answer(before.valid);
  const publicKey = signingKey(coinstake.outputs[1]?.scriptPubKey ?? new Uint8Array(0));
  const valid =
    publicKey !== undefined && verifySignature({ publicKey, der: signature, digest: hash });
  known.set(coinstake, { hash, signature, valid });
  return answer(valid);
}

function answer(valid: boolean): Violation | undefined {
  return valid ? undefined : violation("bad-block-signature");
}
