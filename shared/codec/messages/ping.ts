import { decodeWhole } from "#shared/codec/decode-whole.ts";
import type { DecodeFault } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import type { Result } from "#shared/primitives/result.ts";

/** Payload of `ping`, and of the `pong` that repeats it. @source exos-l1.md 7.4 */
export function decodePing(bytes: Uint8Array): Result<bigint, DecodeFault> {
  return decodeWhole(bytes, (reader) => reader.u64());
}

/** Eight bytes; the nonce is chosen by whoever pings, so that it knows the answer. */
export function encodePing(nonce: bigint): Uint8Array {
  return new Writer(8).u64(nonce).finish();
}
