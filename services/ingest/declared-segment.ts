import type { SegmentInfo, Segments } from "#shared/ports/segments.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { checkSegment } from "./segment-pieces.ts";

/** A segment as it was found. */
export interface FoundSegment {
  /** What was declared; `undefined`: nothing. */
  readonly info: SegmentInfo | undefined;
  /**
   * Whether that is of these blocks, and its object what was declared. Another one was left by a chain
   * that is forgotten, by whoever stood still while it was, or by a refill that died.
   */
  readonly isRight: boolean;
}

/** Read a segment that somebody may have declared. @param hashes of its blocks, in order */
export async function findSegment(
  index: number,
  hashes: readonly HashHex[],
  segments: Pick<Segments, "info" | "read">,
): Promise<FoundSegment> {
  const info = await segments.info(index);
  const pieces = info === undefined ? undefined : await segments.read(index);
  if (info === undefined || pieces === undefined) return { info, isRight: false };
  try {
    const { sha256 } = await checkSegment(pieces, hashes);
    return { info, isRight: equalBytes(sha256, info.sha256) };
  } catch (cause) {
    if (cause instanceof StoreFault && cause.code === "EXOS-E8107") return { info, isRight: false };
    throw cause;
  }
}

/** @throws StoreFault, retryable, when somebody declared another one since `found` was read */
export async function declareSegment(
  index: number,
  info: SegmentInfo,
  found: FoundSegment["info"],
  segments: Pick<Segments, "declare">,
): Promise<void> {
  if (await segments.declare(index, info, found)) return;
  throw new StoreFault(`Segment ${index} was declared by somebody else meanwhile.`, {
    retryable: true,
  });
}
