import { sha256Engine } from "#shared/crypto/sha256-engine.ts";

const LANES = 4;
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** The one bit and the length that end a message. */
const PADDING_BYTES_MIN = 9;

/**
 * Double SHA-256 of messages of one length that lie one after the other, into room for their digests
 * one after the other. Four at a time, one in each lane, and nothing is allocated: for searches.
 *
 * @param messages a whole number of `length` bytes, at most 16 KiB each
 * @param digests 32 bytes for each message
 */
export function hash256Packed(messages: Uint8Array, length: number, digests: Uint8Array): void {
  const { engine, input, output, lengths } = sha256Engine(0);
  const stride = Math.ceil((length + PADDING_BYTES_MIN) / BLOCK_BYTES) * BLOCK_BYTES;
  const count = messages.length / length;
  lengths.fill(length);
  for (let first = 0; first < count; first += LANES) {
    // The last lanes may hold what was hashed before: their digests are not looked at.
    const lanes = Math.min(LANES, count - first);
    for (let lane = 0; lane < lanes; lane++) {
      const at = (first + lane) * length;
      input.set(messages.subarray(at, at + length), lane * stride);
    }
    engine.hashTwiceLanes(stride);
    const found = lanes === LANES ? output : output.subarray(0, lanes * DIGEST_BYTES);
    digests.set(found, first * DIGEST_BYTES);
  }
}
