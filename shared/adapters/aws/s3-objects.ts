import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { awsFaultOf } from "./aws-fault.ts";

/** An object as it was read. */
export interface S3Object {
  readonly bytes: Uint8Array;
  /** Names exactly these bytes. */
  readonly etag: string;
}

/** What a listing says of an object. */
export interface S3Listed {
  readonly key: string;
  readonly bytes: number;
}

/**
 * Objects of one bucket. That there is none is an answer; for that the role needs `ListBucket`, or a
 * miss is refused. Every method throws StoreFault when the world failed.
 */
export interface S3Objects {
  readonly bucket: string;
  get(key: string): Promise<S3Object | undefined>;
  /** @param length more than 0 @returns `undefined` for no object, or none of these bytes */
  range(key: string, from: number, length: number): Promise<Uint8Array | undefined>;
  /** Piece by piece, in a memory of one piece. @returns `undefined` where there is no object */
  read(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** @returns whether this call, or one before it that was repeated, put the bytes */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean>;
  /**
   * Put what comes in pieces, unless there is an object; nothing is there before the last piece.
   * Holds one part at a time.
   */
  writeIfAbsent(key: string, pieces: AsyncIterable<Uint8Array>): Promise<boolean>;
  /** The same, and whatever is there is replaced. */
  write(key: string, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** In order of their keys, page by page. */
  list(prefix: string): AsyncGenerator<S3Listed>;
  delete(key: string): Promise<void>;
  /** Only while the object is still the one that was read. */
  deleteIf(key: string, etag: string): Promise<void>;
}

export interface S3ObjectsOptions {
  readonly client: Pick<S3Client, "send">;
  readonly bucket: string;
  /** Bytes of one part of a large object; S3 wants 5 MiB at least. */
  readonly partBytes?: number;
  /** Keys of one page of a listing; S3 gives 1,000 at most. */
  readonly pageKeys?: number;
}

const PART_BYTES = 16 * 1_048_576;

const statusOf = (cause: unknown): number | undefined =>
  cause instanceof S3ServiceException ? cause.$metadata.httpStatusCode : undefined;
/** No such object, or, of a range, none of its bytes. */
const isMiss = (cause: unknown): boolean =>
  statusOf(cause) === 416 ||
  (statusOf(cause) === 404 && !(cause instanceof Error && cause.name === "NoSuchBucket"));
/** A condition was not met. */
const isRefused = (cause: unknown): boolean => statusOf(cause) === 412;

/** @source cloud.md 5.1 */
export function createS3Objects(options: S3ObjectsOptions): S3Objects {
  const { client, bucket: Bucket } = options;
  const at = (key: string) => `s3://${Bucket}/${key}`;

  async function open(key: string, Range?: string) {
    const input = { Bucket, Key: key, ...(Range !== undefined && { Range }) };
    try {
      return await client.send(new GetObjectCommand(input));
    } catch (cause) {
      if (isMiss(cause)) return undefined;
      throw awsFaultOf(cause, `reading ${at(key)}`);
    }
  }

  async function get(key: string, range?: string): Promise<S3Object | undefined> {
    const found = await open(key, range);
    if (found?.Body === undefined) return undefined;
    try {
      // A copy of its own: the client may hand out a Buffer.
      const bytes = Uint8Array.from(await found.Body.transformToByteArray());
      return { bytes, etag: found.ETag ?? "" };
    } catch (cause) {
      throw awsFaultOf(cause, `reading ${at(key)}`);
    }
  }

  /** Whether the request was carried out; `false` when its condition refused it. */
  async function ifMet(request: Promise<unknown>, doing: string): Promise<boolean> {
    try {
      await request;
      return true;
    } catch (cause) {
      if (isRefused(cause)) return false;
      throw awsFaultOf(cause, doing);
    }
  }

  const put = (Key: string, Body: Uint8Array, IfNoneMatch?: "*"): Promise<boolean> => {
    const input = { Bucket, Key, Body, ...(IfNoneMatch !== undefined && { IfNoneMatch }) };
    return ifMet(client.send(new PutObjectCommand(input)), `writing ${at(Key)}`);
  };

  async function write(
    key: string,
    source: AsyncIterable<Uint8Array>,
    ifNoneMatch?: "*",
  ): Promise<boolean> {
    const parts = partsOf(source, options.partBytes ?? PART_BYTES);
    const first = await parts.next();
    const second = await parts.next();
    const only = first.done === true ? new Uint8Array(0) : first.value;
    if (second.done === true) return put(key, only, ifNoneMatch);
    async function* all(): AsyncGenerator<Uint8Array> {
      yield only;
      if (second.done !== true) yield second.value;
      yield* parts;
    }
    return ifMet(upload(options, { key, ifNoneMatch }, all()), `writing ${at(key)}`);
  }

  return {
    bucket: Bucket,
    get: (key) => get(key),
    range: async (key, from, length) =>
      (await get(key, `bytes=${from}-${from + length - 1}`))?.bytes,
    async read(key) {
      const found = await open(key);
      // In Node the body is a stream of bytes that can be iterated.
      const body = found?.Body as AsyncIterable<Uint8Array> | undefined;
      return body === undefined ? undefined : pieces(body, `reading ${at(key)}`);
    },
    async put(key, bytes) {
      await put(key, bytes);
    },
    putIfAbsent: (key, bytes) => put(key, bytes, "*"),
    writeIfAbsent: (key, source) => write(key, source, "*"),
    async write(key, source) {
      await write(key, source);
    },
    list: (prefix) => listPages(options, prefix),
    async delete(Key) {
      await ifMet(client.send(new DeleteObjectCommand({ Bucket, Key })), `deleting ${at(Key)}`);
    },
    async deleteIf(Key, IfMatch) {
      const input = { Bucket, Key, IfMatch };
      await ifMet(client.send(new DeleteObjectCommand(input)), `deleting ${at(Key)}`);
    },
  };
}

async function* pieces(body: AsyncIterable<Uint8Array>, doing: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body) yield Uint8Array.from(piece);
  } catch (cause) {
    throw awsFaultOf(cause, doing);
  }
}

/** The same bytes in parts of one size, but for the last. */
async function* partsOf(
  source: AsyncIterable<Uint8Array>,
  partBytes: number,
): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const piece of source) {
    waiting.push(piece);
    size += piece.length;
    while (size >= partBytes) {
      const all = concatenated(waiting, size);
      yield all.subarray(0, partBytes);
      waiting = [all.slice(partBytes)];
      size -= partBytes;
    }
  }
  if (size > 0) yield concatenated(waiting, size);
}

function concatenated(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** In parts, which are removed where one of them fails. */
async function upload(
  { client, bucket: Bucket }: S3ObjectsOptions,
  { key: Key, ifNoneMatch }: { readonly key: string; readonly ifNoneMatch: "*" | undefined },
  parts: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const Parts: { ETag: string | undefined; PartNumber: number }[] = [];
  try {
    for await (const Body of parts) {
      const PartNumber = Parts.length + 1;
      const part = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body });
      const { ETag } = await client.send(part);
      Parts.push({ ETag, PartNumber });
    }
    const whole = { Bucket, Key, UploadId, MultipartUpload: { Parts } };
    const condition = ifNoneMatch === undefined ? {} : { IfNoneMatch: ifNoneMatch };
    await client.send(new CompleteMultipartUploadCommand({ ...whole, ...condition }));
  } catch (cause) {
    const abort = new AbortMultipartUploadCommand({ Bucket, Key, UploadId });
    // What it fails to remove is billed as a few parts; what went wrong is the first failure.
    await client.send(abort).catch(() => undefined);
    throw cause;
  }
}

async function* listPages(
  { client, bucket: Bucket, pageKeys: MaxKeys = 1_000 }: S3ObjectsOptions,
  Prefix: string,
): AsyncGenerator<S3Listed> {
  let ContinuationToken: string | undefined;
  do {
    const input = {
      Bucket,
      Prefix,
      MaxKeys,
      ...(ContinuationToken !== undefined && { ContinuationToken }),
    };
    const page = await client.send(new ListObjectsV2Command(input)).catch((cause: unknown) => {
      throw awsFaultOf(cause, `listing s3://${Bucket}/${Prefix}`);
    });
    for (const { Key, Size } of page.Contents ?? []) {
      if (Key !== undefined) yield { key: Key, bytes: Size ?? 0 };
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}
