import { hash256 } from "#shared/crypto/hashes.ts";
import type { Hash256, UnixSeconds } from "#shared/primitives/brand.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";

/** What a proof of stake hashes. */
export interface Kernel {
  /** Of the parent block. */
  readonly modifier: Hash256;
  /** Time of the transaction that made the coin, not of its block. */
  readonly coinTime: UnixSeconds;
  readonly prevout: Outpoint;
  readonly stakeTime: UnixSeconds;
}

/**
 * The proof of stake: 76 bytes, hashed twice, read as a little-endian number.
 *
 * @source StakeValidator.cs CheckStakeKernelHash (EXOSFullNode e61c2e61); exos-l1.md 4.6 step 5
 */
export function kernelHash(kernel: Kernel): Hash256 {
  return hash256(kernelPreimage(kernel));
}

/** Bytes that are hashed; the last four are the time of the stake. */
export const KERNEL_BYTES = 76;

/** What is hashed, fresh. */
export function kernelPreimage({ modifier, coinTime, prevout, stakeTime }: Kernel): Uint8Array {
  const preimage = new Uint8Array(KERNEL_BYTES);
  const view = new DataView(preimage.buffer);
  preimage.set(modifier);
  view.setUint32(32, coinTime, true);
  preimage.set(prevout.txid, 36);
  view.setUint32(68, prevout.index, true);
  view.setUint32(72, stakeTime, true);
  return preimage;
}
