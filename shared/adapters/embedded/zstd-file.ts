import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdCompress, createZstdDecompress } from "node:zlib";
import { DecodeFault, Reader } from "#shared/codec/reader.ts";

/** What was written. */
export interface WrittenFile {
  /** Of the compressed file, in hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Write pieces as one zstd file, off the main thread but for the pieces themselves. */
export async function writeZstdFile(
  path: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<WrittenFile> {
  const file = createWriteStream(path, { flush: true });
  await pipeline(Readable.from(pieces, { objectMode: false }), createZstdCompress(), file);
  return hashFile(path);
}

/** Size and SHA-256 of a file as it lies on the disk. */
export async function hashFile(path: string): Promise<WrittenFile> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of createReadStream(path)) {
    // A stream without encoding gives bytes.
    const chunk = piece as Uint8Array;
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest("hex"), bytes };
}

/** Plain bytes of a zstd file, a piece at a time, closed by whoever stops. Rejects when it is damaged. */
export async function* readZstdFile(path: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path);
  const pieces = file.pipe(createZstdDecompress());
  file.on("error", (cause) => pieces.destroy(cause));
  try {
    for await (const piece of pieces) {
      // A stream without encoding gives bytes.
      yield Uint8Array.from(piece as Uint8Array);
    }
  } finally {
    file.destroy();
  }
}

/** Longer than any record, so that bytes which never end one are not gathered without end. */
const RECORD_BYTES_MAX = 4 * 1_048_576;

/**
 * Records of a zstd file, one after the other.
 *
 * @param read one record, or DecodeFault when the bytes run out
 * @throws DecodeFault when the file does not end with a record
 */
export async function* readZstdRecords<Record>(
  path: string,
  read: (reader: Reader) => Record,
): AsyncGenerator<Record> {
  let rest = new Uint8Array(0);
  for await (const piece of readZstdFile(path)) {
    const bytes = new Uint8Array(rest.length + piece.length);
    bytes.set(rest);
    bytes.set(piece, rest.length);
    const reader = new Reader(bytes);
    let end = 0;
    for (;;) {
      const record = tryRead(reader, read);
      if (record === undefined) break;
      end = reader.offset;
      yield record.value;
    }
    rest = bytes.slice(end);
    if (rest.length > RECORD_BYTES_MAX) throw new DecodeFault("a record does not end", 0);
  }
  if (rest.length > 0) throw new DecodeFault("the last record is cut", 0);
}

function tryRead<Record>(
  reader: Reader,
  read: (reader: Reader) => Record,
): { readonly value: Record } | undefined {
  if (reader.left === 0) return undefined;
  try {
    return { value: read(reader) };
  } catch (cause) {
    // The record goes on in the next piece; a broken one never ends, which its reader says.
    if (cause instanceof DecodeFault) return undefined;
    throw cause;
  }
}
