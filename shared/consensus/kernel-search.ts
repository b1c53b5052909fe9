import { decodeCompact } from "#shared/consensus/decode-compact.ts";
import { hashNumber } from "#shared/consensus/hash-number.ts";
import { KERNEL_BYTES, kernelPreimage } from "#shared/consensus/kernel-hash.ts";
import { hash256Packed } from "#shared/crypto/hash256-packed.ts";
import type { CompactBits, Hash256, UnixSeconds } from "#shared/primitives/brand.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";

/** A coin that may prove a block. */
export interface KernelCandidate {
  readonly prevout: Outpoint;
  readonly coin: Pick<Coin, "time" | "value">;
}

/** The kernels of some coins after one parent. */
export interface KernelSearch {
  /**
   * Try coins at one slot, in their order.
   *
   * @param from index of the first coin tried
   * @param count of coins tried, at most as many as there are
   * @returns index of the first that proves a block at this time; `undefined` when none does
   */
  tryAt(
    stakeTime: UnixSeconds,
    range: { readonly from: number; readonly count: number },
  ): number | undefined;
}

/** What a hash of one coin must not exceed. */
interface Bound {
  readonly earliest: UnixSeconds;
  readonly limit: bigint;
  readonly topWord: number;
}

const DIGEST_BYTES = 32;
const TIME_AT = KERNEL_BYTES - 4;
/** The highest of the eight words of a hash, which is little-endian. */
const TOP_WORD_AT = 28;
const TOP_WORD_SHIFT = 224n;
const TOP_WORD_MAX = 0xffff_ffffn;

/**
 * Make ready to search: what stays the same from slot to slot is written once, and of a hash its
 * highest word decides nearly always.
 *
 * @param modifier of the parent block
 * @param bits of the block to be found
 * @source StakeValidator.cs CheckStakeKernelHash (EXOSFullNode e61c2e61); exos-l1.md 4.6 step 5
 */
export function createKernelSearch(
  modifier: Hash256,
  bits: CompactBits,
  candidates: readonly KernelCandidate[],
): KernelSearch {
  const target = decodeCompact(bits);
  const preimages = new Uint8Array(candidates.length * KERNEL_BYTES);
  const view = new DataView(preimages.buffer);
  const digests = new Uint8Array(candidates.length * DIGEST_BYTES);
  const found = new DataView(digests.buffer);
  const bounds = candidates.map(({ coin }) => {
    const limit = target * coin.value;
    return { earliest: coin.time, limit, topWord: topWord(limit) };
  });
  for (const [index, { prevout, coin }] of candidates.entries()) {
    const kernel = { modifier, coinTime: coin.time, prevout, stakeTime: coin.time };
    preimages.set(kernelPreimage(kernel), index * KERNEL_BYTES);
  }

  function isProof(bound: Bound, at: number, stakeTime: UnixSeconds): boolean {
    if (found.getUint32(at + TOP_WORD_AT, true) > bound.topWord) return false;
    if (stakeTime < bound.earliest) return false;
    const hash = digests.subarray(at, at + DIGEST_BYTES) as Hash256; // a digest is 32 bytes
    return hashNumber(hash) <= bound.limit;
  }

  return {
    tryAt(stakeTime, { from, count }) {
      const end = Math.min(from + count, candidates.length);
      for (let index = from; index < end; index++) {
        view.setUint32(index * KERNEL_BYTES + TIME_AT, stakeTime, true);
      }
      hash256Packed(
        preimages.subarray(from * KERNEL_BYTES, end * KERNEL_BYTES),
        KERNEL_BYTES,
        digests.subarray(from * DIGEST_BYTES, end * DIGEST_BYTES),
      );
      const proof = bounds
        .slice(from, end)
        .findIndex((bound, place) => isProof(bound, (from + place) * DIGEST_BYTES, stakeTime));
      return proof === -1 ? undefined : from + proof;
    },
  };
}

/** A product of target and value has no bound: above 256 bits every hash is a proof. */
function topWord(limit: bigint): number {
  const word = limit >> TOP_WORD_SHIFT;
  return Number(word > TOP_WORD_MAX ? TOP_WORD_MAX : word);
}
