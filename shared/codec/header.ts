import { decodeWhole } from "#shared/codec/decode-whole.ts";
import type { DecodeFault, Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import { x13 } from "#shared/crypto/x13.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";
import { compactBits, type Hash256, unixSeconds } from "#shared/primitives/brand.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";

/** Bytes of a header, on every wire. */
export const HEADER_BYTES = 80;

/** Last version whose identity is the proof-of-work hash. @source exos-l1.md 2.3 */
const OLD_VERSION_MAX = 6;

/** @throws DecodeFault when fewer than 80 bytes are left */
export function readHeader(reader: Reader): BlockHeader {
  const start = reader.offset;
  return {
    version: reader.i32(),
    prev: reader.hash(),
    merkleRoot: reader.hash(),
    time: unixSeconds(reader.u32()),
    bits: compactBits(reader.u32()),
    nonce: reader.u32(),
    bytes: reader.slice(start, start + HEADER_BYTES),
  };
}

/** A header, as views of its 80 bytes; what follows them is ignored. @source exos-l1.md 2.3 */
export function decodeHeader(bytes: Uint8Array): Result<BlockHeader, DecodeFault> {
  return decodeWhole(bytes, readHeader);
}

/** The 80 bytes of these six fields, fresh. */
export function encodeHeader(fields: Omit<BlockHeader, "bytes">): Uint8Array {
  return new Writer(HEADER_BYTES)
    .i32(fields.version)
    .bytes(fields.prev)
    .bytes(fields.merkleRoot)
    .u32(fields.time)
    .u32(fields.bits)
    .u32(fields.nonce)
    .finish();
}

/**
 * Identity of a header, and so of its block: double SHA-256, or the network's old hash where the
 * signed version is 6 or lower. The hash that is compared with a target is another matter.
 *
 * @source PosBlockHeader.GetHash, NBitcoin/BlockStake.cs (EXOSFullNode e61c2e61); exos-l1.md 2.3
 */
export function hashHeader(
  header: Pick<BlockHeader, "version" | "bytes">,
  wire: Pick<WireFormat, "oldHeaderHash">,
): Hash256 {
  const old = header.version <= OLD_VERSION_MAX && wire.oldHeaderHash === "x13";
  return old ? x13(header.bytes) : hash256(header.bytes);
}
