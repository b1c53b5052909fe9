import { inflateRawSync, constants as zlib, zstdDecompressSync } from "node:zlib";
import { type SecretForm, secretForms } from "#services/cli/cloud/rehearse/secret-forms.ts";

/** Finds secrets in what was written. */
export interface SecretFinder {
  /** @returns name of a secret and the form that it was found in; `undefined`: none is in it */
  find(bytes: Uint8Array): string | undefined;
}

/** Shorter ones would be found by chance, and be no secrets. */
const BYTES_MIN = 16;
/** Bytes that are looked at together. */
const BLOCK = 4;
/** Of a bundle within an archive within an object. */
const DEPTH_MAX = 4;
/** What one compressed part may unfold to. */
const UNFOLDED_BYTES_MAX = 512 * 1_048_576;
/** So long is base64 that is unfolded, at most. */
const BASE64_MAX = 16 * 1_048_576;

interface Block {
  readonly secret: string;
  readonly form: SecretForm;
  /** Where in it this block lies. */
  readonly at: number;
}

const GZIP = Buffer.of(0x1f, 0x8b, 0x08);
/** What gzip looks like in base64, and in hex. */
const GZIP_BASE64 = Buffer.from("H4sI");
const ZSTD = Buffer.of(0x28, 0xb5, 0x2f, 0xfd);
const ZIPPED = Buffer.from("PK\x03\x04", "latin1");
/** Of the entry of an archive: how it is packed, and what stands before its bytes. */
const ZIP = { method: 8, size: 18, name: 26, extra: 28, header: 30, deflated: 8 } as const;

type Unfold = (bytes: Buffer) => Buffer;
const limits = { finishFlush: zlib.Z_SYNC_FLUSH, maxOutputLength: UNFOLDED_BYTES_MAX };

/** What begins with these bytes, and how it is unfolded; what follows its end is not of it. */
const FOLDED: readonly { readonly mark: Buffer; readonly unfold: Unfold }[] = [
  { mark: GZIP, unfold: unfoldGzip },
  {
    mark: ZSTD,
    unfold: (bytes) => zstdDecompressSync(bytes, { maxOutputLength: UNFOLDED_BYTES_MAX }),
  },
  { mark: ZIPPED, unfold: unfoldEntry },
  { mark: GZIP_BASE64, unfold: unfoldBase64 },
];

function unfoldEntry(bytes: Buffer): Buffer {
  if (bytes.readUInt16LE(ZIP.method) !== ZIP.deflated) throw new RangeError("stored as it is");
  const start = ZIP.header + bytes.readUInt16LE(ZIP.name) + bytes.readUInt16LE(ZIP.extra);
  const size = bytes.readUInt32LE(ZIP.size);
  // Who wrote it in one go did not know its size yet; the stream has an end of its own.
  return inflateRawSync(bytes.subarray(start, size === 0 ? undefined : start + size), limits);
}

/** By the flags of its header; what follows its end, as in an archive of archives, does not matter. */
function unfoldGzip(bytes: Buffer): Buffer {
  const flags = bytes.readUInt8(3);
  let at = GZIP_HEADER.bytes;
  if ((flags & GZIP_HEADER.extra) !== 0) at += 2 + bytes.readUInt16LE(at);
  for (const text of [GZIP_HEADER.name, GZIP_HEADER.comment]) {
    if ((flags & text) !== 0) at = bytes.indexOf(0, at) + 1;
  }
  if ((flags & GZIP_HEADER.checksum) !== 0) at += 2;
  return inflateRawSync(bytes.subarray(at), limits);
}
const GZIP_HEADER = { bytes: 10, checksum: 2, extra: 4, name: 8, comment: 16 } as const;

function unfoldBase64(bytes: Buffer): Buffer {
  const [text = ""] = /^[\w+/=-]+/.exec(bytes.subarray(0, BASE64_MAX).toString("latin1")) ?? [];
  return unfoldGzip(Buffer.from(text, "base64"));
}

/** Every part that is compressed, unfolded. What only looks like one is nothing. */
function* unfolded(bytes: Buffer): Generator<Buffer> {
  for (const { mark, unfold } of FOLDED) {
    for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) {
      let part: Buffer;
      try {
        part = unfold(bytes.subarray(at));
      } catch {
        // Three bytes say little: nothing was compressed here.
        continue;
      }
      yield part;
    }
  }
}

/** Blocks that any secret in any form has at its beginning, whatever it lies behind. */
function blocksOf(secrets: Readonly<Record<string, string>>): Map<number, Block[]> {
  const blocks = new Map<number, Block[]>();
  for (const [secret, value] of Object.entries(secrets)) {
    if (value.length < BYTES_MIN) throw new RangeError(`${secret} is too short to be looked for`);
    for (const form of secretForms(value)) {
      for (let at = 0; at <= BYTES_MIN - BLOCK; at++) {
        const key = form.bytes.readInt32LE(at);
        blocks.set(key, [...(blocks.get(key) ?? []), { secret, form, at }]);
      }
    }
  }
  return blocks;
}

const slotOf = (key: number) => (key ^ (key >>> 16)) & 0xffff;

/**
 * Looks once at every thirteenth place, whatever the number of secrets: each form is at least sixteen
 * bytes long, and one of the blocks that it begins with lies at such a place.
 *
 * @param secrets values by name, each at least 16 characters
 */
export function createSecretFinder(secrets: Readonly<Record<string, string>>): SecretFinder {
  const blocks = blocksOf(secrets);
  const slots = new Uint8Array(0x1_0000);
  for (const key of blocks.keys()) slots[slotOf(key)] = 1;

  function search(bytes: Buffer): string | undefined {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let place = 0; place <= bytes.length - BLOCK; place += BYTES_MIN - BLOCK + 1) {
      const key = view.getInt32(place, true);
      if (slots[slotOf(key)] === 0) continue;
      for (const { secret, form, at } of blocks.get(key) ?? []) {
        const start = place - at;
        if (start < 0 || start + form.bytes.length > bytes.length) continue;
        const found = form.bytes.compare(bytes, start, start + form.bytes.length) === 0;
        if (found) return `${secret}, ${form.name}`;
      }
    }
    return undefined;
  }

  function searchAll(bytes: Buffer, depth: number): string | undefined {
    const found = search(bytes);
    if (found !== undefined || depth === DEPTH_MAX) return found;
    for (const part of unfolded(bytes)) {
      const within = searchAll(part, depth + 1);
      if (within !== undefined) return within.endsWith(FOLDED_NOTE) ? within : within + FOLDED_NOTE;
    }
    return undefined;
  }

  return {
    find: ({ buffer, byteOffset, byteLength }) =>
      searchAll(Buffer.from(buffer, byteOffset, byteLength), 0),
  };
}

const FOLDED_NOTE = ", compressed";
