import { decodeWhole } from "#shared/codec/decode-whole.ts";
import { readText, writeText } from "#shared/codec/messages/text.ts";
import type { DecodeFault, Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import type { Result } from "#shared/primitives/result.ts";

/** Why something that was sent is not taken. */
export interface RejectMessage {
  /** Command of what was sent. */
  readonly message: string;
  readonly code: number;
  readonly reason: string;
  /** Of the transaction or block; `undefined` for every other command. */
  readonly hash: Hash256 | undefined;
}

const namesHash = (message: string) => message === "tx" || message === "block";

function readReject(reader: Reader): RejectMessage {
  const message = readText(reader);
  const code = reader.u8();
  const reason = readText(reader);
  return { message, code, reason, hash: namesHash(message) ? reader.hash() : undefined };
}

/** Payload of `reject`. */
export function decodeReject(bytes: Uint8Array): Result<RejectMessage, DecodeFault> {
  return decodeWhole(bytes, readReject);
}

/** @source RejectPayload (EXOSFullNode e61c2e61); exos-l1.md 7.4 */
export function encodeReject({ message, code, reason, hash }: RejectMessage): Uint8Array {
  const writer = new Writer();
  writeText(writer, message);
  writeText(writer.u8(code), reason);
  if (hash !== undefined) writer.bytes(hash);
  return writer.finish();
}
