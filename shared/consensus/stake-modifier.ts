import { hash256 } from "#shared/crypto/hashes.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";

/**
 * The stake modifier of a block from its parent's.
 *
 * @param kernel the block's hash for proof of work, the id of the kernel's transaction for stake
 * @source StakeValidator.cs ComputeStakeModifierV2 (EXOSFullNode e61c2e61); exos-l1.md 4.7
 */
export function stakeModifier(kernel: Hash256, previous: Hash256): Hash256 {
  const preimage = new Uint8Array(64);
  preimage.set(kernel);
  preimage.set(previous, 32);
  return hash256(preimage);
}

/** Zero stands for a modifier that nobody computed; genesis has it by right. */
export function isModifierKnown(modifier: Hash256, height: number): boolean {
  return height === 0 || modifier.some((byte) => byte !== 0);
}
