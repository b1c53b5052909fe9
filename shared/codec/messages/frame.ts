import { decodeWhole } from "#shared/codec/decode-whole.ts";
import type { DecodeFault, Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import type { Result } from "#shared/primitives/result.ts";

/** What stands before every payload. */
export interface FrameHead {
  /** Four bytes that name the network. */
  readonly magic: Uint8Array;
  readonly command: string;
  /** Bytes of the payload. */
  readonly length: number;
  /** First four bytes of the payload's double SHA-256. */
  readonly checksum: Uint8Array;
}

/** Bytes before a payload: magic, command, length, checksum. */
export const FRAME_HEAD_BYTES = 24;

/** Most bytes of a payload. @source exos-l1.md 7.1 */
export const PAYLOAD_BYTES_MAX = 0x0040_0000;

const COMMAND_BYTES = 12;

function readFrameHead(reader: Reader): FrameHead {
  const magic = reader.take(4);
  const text = String.fromCharCode(...reader.take(COMMAND_BYTES));
  const command = text.replace(/\0.*$/s, "");
  const at = reader.offset;
  const length = reader.u32();
  if (length > PAYLOAD_BYTES_MAX) reader.fail(`payload of ${length} bytes`, at);
  return { magic, command, length, checksum: reader.take(4) };
}

/** The 24 bytes before a payload, as views. @source exos-l1.md 7.1 */
export function decodeFrameHead(bytes: Uint8Array): Result<FrameHead, DecodeFault> {
  return decodeWhole(bytes, readFrameHead);
}

/** Whether the payload is the one its head was written for. */
export function isIntact(head: Pick<FrameHead, "checksum">, payload: Uint8Array): boolean {
  return equalBytes(head.checksum, hash256(payload).subarray(0, 4));
}

/** A whole message: head and payload. @throws RangeError for a command of more than 12 bytes */
export function encodeFrame(magic: Uint8Array, command: string, payload: Uint8Array): Uint8Array {
  const name = new Uint8Array(COMMAND_BYTES);
  name.set(Uint8Array.from(command, (character) => character.charCodeAt(0)));
  return new Writer(FRAME_HEAD_BYTES + payload.length)
    .bytes(magic)
    .bytes(name)
    .u32(payload.length)
    .bytes(hash256(payload).subarray(0, 4))
    .bytes(payload)
    .finish();
}
