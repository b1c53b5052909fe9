import { NETWORKS } from "#shared/consensus/networks.ts";
import type { Network } from "#shared/consensus/params.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";

/** A file of framed blocks, open for reading. */
export interface ChainFile {
  /** As the operator named it. */
  readonly name: string;
  readonly sizeBytes: number;
  /** @returns as many bytes as asked for, fewer only at the end; the caller's to keep */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** What stands before each block: the network's magic and a u32 length, or the length alone. */
export type Framing = "magic" | "length";

/** One block of a chain file. */
export interface ChainFileRecord {
  readonly file: string;
  /** Where its frame begins. */
  readonly offset: number;
  /** Where the next frame begins. */
  readonly end: number;
  /** The serialized block, a view. */
  readonly block: Uint8Array;
}

/** Largest block that a chain file may hold; the store's own limit. */
export const BLOCK_BYTES_MAX = 4 * 1024 * 1024;
/** A header and an empty list of transactions. */
const BLOCK_BYTES_MIN = 81;
const CHUNK_BYTES = 1024 * 1024;

/** Tell the framing of a file by its first bytes. */
export async function detectFraming(
  file: ChainFile,
  network: Network,
): Promise<Result<Framing, Refusal>> {
  const head = await file.read(0, 4);
  const { name } = file;
  if (head.length < 4) {
    return refusal("EXOS-E2006", `${name} holds no block: it has ${file.sizeBytes} bytes.`, {
      file: name,
    });
  }
  if (equalBytes(head, network.magic)) return { ok: true, value: "magic" };
  const foreign = Object.values(NETWORKS).find(({ magic }) => equalBytes(magic, head));
  if (foreign !== undefined) {
    const message = `${name} belongs to the network ${foreign.name}, not to ${network.name}.`;
    return refusal("EXOS-E2005", message, { file: name, network: foreign.name });
  }
  const length = readUint32(head, 0);
  if (length < BLOCK_BYTES_MIN || length > BLOCK_BYTES_MAX) {
    const message = `${name} begins neither with the magic of ${network.name} nor with the length of a block.`;
    return refusal("EXOS-E2006", message, { file: name });
  }
  return { ok: true, value: "length" };
}

/**
 * The blocks of a file in slices of about a mebibyte, oldest first. Zeros after the last block are
 * the room some programs allocate ahead, and end the file.
 *
 * @param from offset of a frame
 */
export async function* readChainFile(
  file: ChainFile,
  framing: { readonly kind: Framing; readonly magic: Uint8Array },
  from = 0,
): AsyncGenerator<Result<readonly ChainFileRecord[], Refusal>, void, undefined> {
  let start = from;
  let wanted = CHUNK_BYTES;
  while (start < file.sizeBytes) {
    const chunk = await file.read(start, wanted);
    const slice = cutRecords({ file, chunk, start }, framing);
    if (slice.records.length > 0) yield { ok: true, value: slice.records };
    if (slice.refused !== undefined) {
      yield { ok: false, error: slice.refused };
      return;
    }
    if (slice.next === file.sizeBytes) return;
    // A block larger than the slice: ask for all of it, once.
    wanted = Math.max(CHUNK_BYTES, slice.missing);
    start = slice.next;
  }
}

interface Slice {
  readonly records: readonly ChainFileRecord[];
  readonly next: number;
  /** Bytes that the frame at `next` needs from there. */
  readonly missing: number;
  readonly refused: Refusal | undefined;
}

function cutRecords(
  source: { readonly file: ChainFile; readonly chunk: Uint8Array; readonly start: number },
  framing: { readonly kind: Framing; readonly magic: Uint8Array },
): Slice {
  const { file, chunk, start } = source;
  const records: ChainFileRecord[] = [];
  const prefix = framing.kind === "magic" ? 8 : 4;
  const atEnd = start + chunk.length >= file.sizeBytes;
  let at = 0;
  for (;;) {
    const left = chunk.length - at;
    const offset = start + at;
    if (left === 0) return { records, next: offset, missing: 0, refused: undefined };
    if (left < prefix) {
      const refused = atEnd ? describeTail(file.name, offset, chunk.subarray(at)) : undefined;
      const next = atEnd && refused === undefined ? file.sizeBytes : offset;
      return { records, next, missing: prefix, refused };
    }
    if (isZero(chunk.subarray(at, at + prefix))) {
      return { records, ...skipZeros(source, at) };
    }
    const named =
      framing.kind === "length" || equalBytes(chunk.subarray(at, at + 4), framing.magic);
    const length = readUint32(chunk, at + prefix - 4);
    if (!named || length < BLOCK_BYTES_MIN || length > BLOCK_BYTES_MAX) {
      const message = `${file.name} holds no block at offset ${offset}.`;
      const refused = refusal("EXOS-E2010", message, { file: file.name, offset }).error;
      return { records, next: offset, missing: 0, refused };
    }
    const size = prefix + length;
    if (left < size) {
      const refused = atEnd ? truncated(file.name, offset) : undefined;
      return { records, next: offset, missing: size, refused };
    }
    const block = chunk.subarray(at + prefix, at + size);
    records.push({ file: file.name, offset, end: offset + size, block });
    at += size;
  }
}

function skipZeros(
  { file, chunk, start }: { file: ChainFile; chunk: Uint8Array; start: number },
  at: number,
): Omit<Slice, "records"> {
  let end = at;
  while (end < chunk.length && chunk[end] === 0) end++;
  if (end === chunk.length) return { next: start + end, missing: 0, refused: undefined };
  const offset = start + at;
  const message = `${file.name} holds no block at offset ${offset}.`;
  const refused = refusal("EXOS-E2010", message, { file: file.name, offset }).error;
  return { next: offset, missing: 0, refused };
}

function describeTail(name: string, offset: number, tail: Uint8Array): Refusal | undefined {
  return isZero(tail) ? undefined : truncated(name, offset);
}

function truncated(name: string, offset: number): Refusal {
  const message = `${name} ends inside the block at offset ${offset}.`;
  return refusal("EXOS-E2004", message, { file: name, offset }).error;
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function readUint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
}
