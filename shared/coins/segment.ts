/**
 * Final blocks in one immutable object, cut so that a block is found with two reads of it: one of its
 * record, one of its bytes.
 * @module
 */
import type { Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { encodeHeaderRecord, readHeaderRecord } from "#shared/consensus/header-record-codec.ts";
import { type Height, height } from "#shared/primitives/brand.ts";

/** Blocks of one segment. @source cloud.md 5.1 */
export const SEGMENT_BLOCKS = 1_000;

const MAGIC = new TextEncoder().encode("EXSG");
const VERSION = 1;

/** `EXSG`, version, first height, count, SHA-256 of what follows. */
export const SEGMENT_HEAD_BYTES = 48;

/**
 * Bytes of each record: u32 offset in the object, u32 length, then the header record, filled up with
 * zeros. The whole record, not only its modifier, proof and work: what else judging and showing a
 * block asks of its header would be eleven blocks and a walk through a deployment's window away.
 */
export const SEGMENT_RECORD_BYTES = 416;

export interface SegmentHead {
  readonly first: Height;
  readonly count: number;
  /** Of all that follows the head. */
  readonly sha256: Uint8Array;
}

export interface SegmentRecord {
  /** In the object. */
  readonly offset: number;
  readonly length: number;
  readonly record: HeaderRecord;
}

/** Number of the segment that holds a height. */
export function segmentOf(at: number, blocks = SEGMENT_BLOCKS): number {
  return Math.floor(at / blocks);
}

/** Where the record of the block at a place of its segment begins. */
export function recordOffset(place: number): number {
  return SEGMENT_HEAD_BYTES + SEGMENT_RECORD_BYTES * place;
}

/** @source cloud.md 5.2 */
export function encodeSegmentHead({ first, count, sha256 }: SegmentHead): Uint8Array {
  const writer = new Writer(SEGMENT_HEAD_BYTES).bytes(MAGIC).u32(VERSION).u32(first).u32(count);
  return writer.bytes(sha256).finish();
}

/** @returns with bytes of its own @throws DecodeFault when there is no head of this version */
export function readSegmentHead(reader: Reader): SegmentHead {
  const at = reader.offset;
  const magic = reader.take(MAGIC.length);
  if (MAGIC.some((byte, place) => byte !== magic[place])) reader.fail("no segment", at);
  if (reader.u32() !== VERSION) reader.fail("a segment of another version", at + MAGIC.length);
  return { first: height(reader.u32()), count: reader.u32(), sha256: reader.take(32).slice() };
}

/** @throws RangeError when a block lies too far into the segment for its offset */
export function encodeSegmentRecord({ offset, length, record }: SegmentRecord): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_RECORD_BYTES);
  bytes.set(new Writer(8).u32(offset).u32(length).bytes(encodeHeaderRecord(record)).finish());
  return bytes;
}

/** @param reader over the bytes of one record @throws DecodeFault when they are none */
export function readSegmentRecord(reader: Reader): SegmentRecord {
  const end = reader.offset + SEGMENT_RECORD_BYTES;
  const found = { offset: reader.u32(), length: reader.u32(), record: readHeaderRecord(reader) };
  reader.take(end - reader.offset);
  return found;
}

/** Height of the last block of the newest segment that ends at or below this one; -1 for none. */
export function segmentEnd(at: number, segmentBlocks: number = SEGMENT_BLOCKS): number {
  return segmentOf(at + 1, segmentBlocks) * segmentBlocks - 1;
}
