import type { SegmentInfo, Segments } from "#shared/ports/segments.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { checkSegment } from "./segment-pieces.ts";

/** A segment that nobody declared, as whoever writes it has it. */
export interface KeptSegment {
  readonly index: number;
  /** Of its blocks, in order. */
  readonly hashes: readonly HashHex[];
  /** The whole of it, from its beginning each time. */
  pieces(): Promise<AsyncIterable<Uint8Array>> | AsyncIterable<Uint8Array>;
  /** Whether its blocks are still ours, and nobody declared it meanwhile: asked before a replacement. */
  isOurs?(): Promise<boolean>;
}

/**
 * Put a segment where nothing lies, or where the same one lies, and read it back. Another one is of a
 * chain that was forgotten while its objects stayed, so that no reader finds its blocks there: it is
 * replaced.
 *
 * @returns what may be declared of it
 * @throws StoreFault `EXOS-E8107`, for good, where what lies there may not be replaced
 * @source cloud.md 5.2, 5.4 `--refill`
 */
export async function keepSegment(
  kept: KeptSegment,
  segments: Pick<Segments, "write" | "replace" | "read">,
): Promise<Pick<SegmentInfo, "sha256" | "bytes">> {
  const { index } = kept;
  await segments.write(index, await kept.pieces());
  try {
    return await written(kept, segments);
  } catch (cause) {
    if (!(cause instanceof StoreFault) || cause.code !== "EXOS-E8107") throw cause;
    if ((await kept.isOurs?.()) === false) throw cause;
    await segments.replace(index, await kept.pieces());
    return written(kept, segments);
  }
}

/** The object as it lies there, once it is the one of these blocks. */
async function written(
  { index, hashes }: KeptSegment,
  segments: Pick<Segments, "read">,
): Promise<Pick<SegmentInfo, "sha256" | "bytes">> {
  const pieces = await segments.read(index);
  if (pieces !== undefined) return checkSegment(pieces, hashes);
  throw new StoreFault(`Segment ${index} is not there after it was written.`, { retryable: true });
}
