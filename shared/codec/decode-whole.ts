import { DecodeFault, type LengthRules, Reader } from "#shared/codec/reader.ts";
import type { Result } from "#shared/primitives/result.ts";

/**
 * Run a reading function over bytes from a stranger, and turn its `DecodeFault` into a value. Bytes
 * after the end of what is read are ignored, as the reference ignores them.
 */
export function decodeWhole<T>(
  bytes: Uint8Array,
  read: (reader: Reader) => T,
  lengths?: LengthRules,
): Result<T, DecodeFault> {
  try {
    return { ok: true, value: read(new Reader(bytes, lengths)) };
  } catch (cause) {
    if (cause instanceof DecodeFault) return { ok: false, error: cause };
    throw cause;
  }
}
