import type { Hash256 } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** A hash as the number that is compared with a target: its bytes are little-endian. */
export function hashNumber(hash: Hash256): bigint {
  return BigInt(`0x${toHashHex(hash)}`);
}
