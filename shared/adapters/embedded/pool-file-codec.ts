import { DecodeFault, Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import type { SavedTransaction } from "#shared/ports/pool.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import type { Result } from "#shared/primitives/result.ts";

/** First bytes of the file, and the only form that is read or written. */
const MAGIC = new TextEncoder().encode("EXOSPOOL");
const VERSION = 1;
const CHECKSUM_BYTES = 32;

/** Magic, u32 version, genesis hash, count; per transaction time, flag, bytes; double SHA-256. */
export function encodePoolFile(
  transactions: readonly SavedTransaction[],
  genesis: Uint8Array,
): Uint8Array {
  const writer = new Writer(1 << 16).bytes(MAGIC).u32(VERSION).bytes(genesis);
  writer.u32(transactions.length);
  for (const { raw, time, unbroadcast } of transactions) {
    writer.u32(time).bool(unbroadcast).u32(raw.length).bytes(raw);
  }
  const checksum = hash256(writer.finish());
  return writer.bytes(checksum).finish();
}

/**
 * @param bytes views of it are handed out
 * @returns in a refusal, why it is no such file, in a few words
 */
export function decodePoolFile(
  bytes: Uint8Array,
  genesis: Uint8Array,
): Result<readonly SavedTransaction[], string> {
  const end = bytes.length - CHECKSUM_BYTES;
  const body = bytes.subarray(0, Math.max(0, end));
  if (!equalBytes(body.subarray(0, MAGIC.length), MAGIC)) return refuse("it is no mempool file");
  if (!equalBytes(hash256(body), bytes.subarray(end))) return refuse("its checksum is wrong");
  try {
    return readBody(new Reader(body.subarray(MAGIC.length)), genesis);
  } catch (cause) {
    if (!(cause instanceof DecodeFault)) throw cause;
    return refuse(cause.message);
  }
}

function readBody(
  reader: Reader,
  genesis: Uint8Array,
): Result<readonly SavedTransaction[], string> {
  const version = reader.u32();
  if (version !== VERSION) return refuse(`its version is ${version}, not ${VERSION}`);
  if (!equalBytes(reader.take(genesis.length), genesis)) return refuse("it is another network's");
  const count = reader.u32();
  const transactions: SavedTransaction[] = [];
  while (transactions.length < count) {
    const time = unixSeconds(reader.u32());
    const unbroadcast = reader.bool();
    transactions.push({ time, unbroadcast, raw: reader.take(reader.u32()) });
  }
  return { ok: true, value: transactions };
}

function refuse(reason: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error: reason };
}
