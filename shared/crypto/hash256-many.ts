import { hash256 } from "#shared/crypto/hashes.ts";
import { type Sha256Engine, sha256Engine } from "#shared/crypto/sha256-engine.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";

const LANES = 4;
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** The one bit and the length that end a message. */
const PADDING_BYTES_MIN = 9;
/** Longer pieces gain nothing from company that is worth the memory. */
const PADDED_BYTES_MAX = 16 * 1024;

interface Waiting {
  readonly index: number;
  readonly piece: Uint8Array;
}

/**
 * Double SHA-256 of each piece, in order. Four pieces with one number of blocks of 64 bytes are
 * hashed together, one in each lane: a third of the time each (`test/bench/hashes.ts`).
 */
export function hash256Many(pieces: readonly Uint8Array[]): Hash256[] {
  const digests = new Array<Hash256>(pieces.length);
  const waiting = new Map<number, Waiting[]>();
  const session = sha256Engine(0);
  for (const [index, piece] of pieces.entries()) {
    const padded = paddedBytes(piece.length);
    const group = waiting.get(padded) ?? [];
    if (group.length === 0) waiting.set(padded, group);
    group.push({ index, piece });
    if (group.length < LANES || padded > PADDED_BYTES_MAX) continue;
    hashTogether(session, group, padded, digests);
    group.length = 0;
  }
  for (const group of waiting.values()) {
    for (const { index, piece } of group) digests[index] = hash256(piece);
  }
  return digests;
}

const paddedBytes = (length: number) =>
  Math.ceil((length + PADDING_BYTES_MIN) / BLOCK_BYTES) * BLOCK_BYTES;

function hashTogether(
  { engine, input, output, lengths }: Sha256Engine,
  group: readonly Waiting[],
  stride: number,
  digests: Hash256[],
): void {
  for (const [lane, { piece }] of group.entries()) {
    input.set(piece, lane * stride);
    lengths[lane] = piece.length;
  }
  engine.hashTwiceLanes(stride);
  for (const [lane, { index }] of group.entries()) {
    const at = lane * DIGEST_BYTES;
    digests[index] = output.slice(at, at + DIGEST_BYTES) as Hash256;
  }
}
