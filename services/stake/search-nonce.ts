import { decodeCompact } from "#shared/consensus/decode-compact.ts";
import { hashNumber } from "#shared/consensus/hash-number.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { hash256Many } from "#shared/crypto/hash256-many.ts";
import { x13Many } from "#shared/crypto/x13.ts";
import type { CompactBits, Hash256 } from "#shared/primitives/brand.ts";

const HEADER_BYTES = 80;
const NONCE_AT = 76;
const NONCE_COUNT = 2 ** 32;
/** Headers hashed in one go: a few on an easy network, many where that is worth while. */
const BATCH_MIN = 8;
const BATCH_MAX = 512;

/** Tries nonces in growing batches, and hands the thread back between two of them. */
export interface NonceSearch {
  readonly bits: CompactBits;
  readonly params: Pick<ConsensusParams, "work">;
  pause(): Promise<void>;
  /** The first nonce to try; 0 unless given. */
  readonly from?: number;
  readonly signal?: AbortSignal;
}

/**
 * Find a nonce with which a header's work hash is at or below its target.
 *
 * @param header 80 bytes, unchanged
 * @returns `undefined` when no nonce does it, or the signal came first
 * @source exos-l1.md 8.4
 */
export async function searchNonce(
  header: Uint8Array,
  { bits, params, pause, from: first = 0, signal }: NonceSearch,
): Promise<number | undefined> {
  const target = decodeCompact(bits);
  let size = BATCH_MIN;
  for (let from = first; from < NONCE_COUNT && signal?.aborted !== true; from += size) {
    if (from > first) {
      await pause();
      size = Math.min(size * 2, BATCH_MAX);
    }
    const count = Math.min(size, NONCE_COUNT - from);
    const hashes = workHashes(header, { from, count }, params);
    const found = hashes.findIndex((hash) => hashNumber(hash) <= target);
    if (found !== -1) return from + found;
  }
  return undefined;
}

function workHashes(
  header: Uint8Array,
  { from, count }: { readonly from: number; readonly count: number },
  { work }: Pick<ConsensusParams, "work">,
): Hash256[] {
  const headers = new Uint8Array(count * HEADER_BYTES);
  const view = new DataView(headers.buffer);
  for (let index = 0; index < count; index++) {
    headers.set(header, index * HEADER_BYTES);
    view.setUint32(index * HEADER_BYTES + NONCE_AT, from + index, true);
  }
  const pieces = Array.from({ length: count }, (_, index) => index);
  if (work.hash === "sha256d") {
    return hash256Many(
      pieces.map((index) => headers.subarray(index * HEADER_BYTES, (index + 1) * HEADER_BYTES)),
    );
  }
  const hashes = x13Many(headers);
  // One hash of the batch, 32 bytes in wire order.
  return pieces.map((index) => hashes.subarray(index * 32, (index + 1) * 32) as Hash256);
}
