import { createHash, type Hash } from "node:crypto";
import { DecodeFault, Reader } from "#shared/codec/reader.ts";
import {
  encodeSegmentHead,
  encodeSegmentRecord,
  readSegmentHead,
  readSegmentRecord,
  recordOffset,
  SEGMENT_HEAD_BYTES,
  SEGMENT_RECORD_BYTES,
  type SegmentHead,
} from "#shared/coins/segment.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { SegmentInfo } from "#shared/ports/segments.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";

/** Bodies of one segment that are held at once; where there are more, they are read again. */
const HELD_BYTES_MAX = 64 * 1_048_576;
const HEADER_BYTES = 80;

/** Blocks that follow each other, and where their bodies are read. */
export interface BlocksToPack {
  readonly records: readonly HeaderRecord[];
  body(hash: HashHex): Promise<Uint8Array>;
}

/**
 * A segment piece by piece. Every body is read once to learn its length, once more for the hash in the
 * head, and once to be written, but from memory where all of them fit.
 *
 * @throws StoreFault, retryable, when a body changes meanwhile
 * @source cloud.md 5.2
 */
export async function* writeSegment(blocks: BlocksToPack): AsyncGenerator<Uint8Array> {
  const { records } = blocks;
  const held = new Map<HashHex, Uint8Array>();
  let heldBytes = 0;
  const lengths: number[] = [];
  for (const record of records) {
    const body = await readBody(record, blocks);
    lengths.push(body.length);
    heldBytes += body.length;
    if (heldBytes <= HELD_BYTES_MAX) held.set(record.hash, body);
  }
  const table = recordTable(records, lengths);
  const bodyOf = async (record: HeaderRecord) =>
    held.get(record.hash) ?? (await readBody(record, blocks));

  const hash = createHash("sha256").update(table);
  for (const record of records) hash.update(await bodyOf(record));
  const sha256 = digestOf(hash);
  const [first] = records;
  if (first === undefined) throw new RangeError("a segment has at least one block");
  yield encodeSegmentHead({ first: first.height, count: records.length, sha256 });

  const written = createHash("sha256").update(table);
  yield table;
  for (const record of records) {
    const body = await bodyOf(record);
    written.update(body);
    yield body;
  }
  // Nothing is there before this generator ends.
  if (!equalBytes(digestOf(written), sha256)) throw changed("a body changed while it was packed");
}

/** The bytes must at least be of this header; its transactions were judged before it was final. */
async function readBody(record: HeaderRecord, blocks: BlocksToPack): Promise<Uint8Array> {
  const body = await blocks.body(record.hash);
  if (equalBytes(body.subarray(0, HEADER_BYTES), record.header.bytes)) return body;
  throw changed(`the body of ${record.hash} is another block's`);
}

function recordTable(records: readonly HeaderRecord[], lengths: readonly number[]): Uint8Array {
  const table = new Uint8Array(records.length * SEGMENT_RECORD_BYTES);
  let offset = recordOffset(records.length);
  for (const [place, record] of records.entries()) {
    const length = lengths[place] ?? 0;
    table.set(encodeSegmentRecord({ offset, length, record }), place * SEGMENT_RECORD_BYTES);
    offset += length;
  }
  return table;
}

/**
 * Read a segment to its end, and make sure that it is whole and holds these blocks.
 *
 * @throws StoreFault when it is another: for good, since one that was declared is never replaced
 */
export async function checkSegment(
  pieces: AsyncIterable<Uint8Array>,
  hashes: readonly HashHex[],
): Promise<Pick<SegmentInfo, "sha256" | "bytes">> {
  const whole = createHash("sha256");
  const tail = createHash("sha256");
  const front = new Uint8Array(recordOffset(hashes.length));
  let bytes = 0;
  for await (const piece of pieces) {
    whole.update(piece);
    if (bytes < front.length) front.set(piece.subarray(0, front.length - bytes), bytes);
    tail.update(piece.subarray(Math.max(0, SEGMENT_HEAD_BYTES - bytes)));
    bytes += piece.length;
  }
  const { head, end } = readFront(front, hashes);
  if (bytes !== end || !equalBytes(head.sha256, digestOf(tail))) throw broken("is cut or changed");
  return { sha256: digestOf(whole), bytes };
}

/**
 * The bodies of a segment in order, each with bytes of its own. Nothing is checked but that they are
 * where the table says: whoever judges blocks does that.
 *
 * @throws StoreFault when the segment is cut, or another than of these blocks
 */
export async function* segmentBodies(
  pieces: AsyncIterable<Uint8Array>,
  hashes: readonly HashHex[],
): AsyncGenerator<Uint8Array> {
  const front = recordOffset(hashes.length);
  let waiting = new Uint8Array(0);
  let lengths: number[] | undefined;
  for await (const piece of pieces) {
    waiting = joined(waiting, piece);
    if (lengths === undefined) {
      if (waiting.length < front) continue;
      lengths = readFront(waiting.subarray(0, front), hashes).lengths;
      waiting = waiting.subarray(front);
    }
    for (;;) {
      const [length] = lengths;
      if (length === undefined || waiting.length < length) break;
      yield waiting.slice(0, length);
      waiting = waiting.subarray(length);
      lengths.shift();
    }
  }
  if (lengths === undefined || lengths.length > 0) throw broken("is cut or changed");
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

function readFront(
  front: Uint8Array,
  hashes: readonly HashHex[],
): { readonly head: SegmentHead; readonly end: number; readonly lengths: number[] } {
  try {
    const reader = new Reader(front);
    const head = readSegmentHead(reader);
    if (head.count !== hashes.length) throw broken(`has ${head.count} blocks`);
    let end = front.length;
    const lengths: number[] = [];
    for (const hash of hashes) {
      const { record, offset, length } = readSegmentRecord(reader);
      if (record.hash !== hash || offset !== end) throw broken(`does not hold ${hash}`);
      end += length;
      lengths.push(length);
    }
    return { head, end, lengths };
  } catch (cause) {
    throw cause instanceof DecodeFault ? broken(cause.message) : cause;
  }
}

function digestOf(hash: Hash): Uint8Array {
  return Uint8Array.from(hash.digest());
}

function changed(message: string): StoreFault {
  return new StoreFault(`Packing: ${message}.`, { retryable: true });
}

function broken(message: string): StoreFault {
  return new StoreFault(`The segment that is stored ${message}.`, {
    retryable: false,
    code: "EXOS-E8107",
  });
}
