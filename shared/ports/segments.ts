import type { HashHex, Height } from "#shared/primitives/brand.ts";

/** What is known of a segment that is whole. */
export interface SegmentInfo {
  /** Of the whole object. */
  readonly sha256: Uint8Array;
  readonly bytes: number;
  /** Set hash of the coins after its last block; `undefined` where nobody had counted them. */
  readonly muhash: HashHex | undefined;
}

/** A block and where it stands. */
export interface PackedBlock {
  readonly hash: HashHex;
  readonly height: Height;
}

/**
 * Final blocks in large immutable objects, found by their hash. In the order of its methods a segment
 * comes to be: written, read back, declared, its blocks listed, and only then let go of where they lay
 * before. Each step may be repeated by anyone; whoever reads finds a block at every moment.
 *
 * Implementation: `adapters/aws/aws-segments.ts`; an embedded node packs nothing. Its suite is
 * `test/services/ingest/pack-segments.slow.test.ts`. Every method throws StoreFault when the world failed.
 *
 * @source cloud.md 5.2
 */
export interface Segments {
  /** Keep an object, unless one is there; nothing is there before its last piece came. */
  write(index: number, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * Put another object in its place, by who leases its making: only of a segment that nobody declared,
   * or that was declared of a chain which is forgotten.
   */
  replace(index: number, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** Piece by piece. @returns `undefined` where there is none */
  read(index: number): Promise<AsyncIterable<Uint8Array> | undefined>;
  /**
   * Say that the object is whole and right: from now on it is read.
   *
   * @param before what was declared when the blocks of this one were read, if anything
   * @returns `false`: by now that is another one, and nothing was said
   */
  declare(index: number, info: SegmentInfo, before?: SegmentInfo): Promise<boolean>;
  /** @returns `undefined` for one that nobody declared */
  info(index: number): Promise<SegmentInfo | undefined>;
  /** Make blocks of declared segments found by their hashes. */
  list(blocks: readonly PackedBlock[]): Promise<void>;
  /** Whether the header of a block still lies outside of its segment. */
  isLoose(hash: HashHex): Promise<boolean>;
  /** Let go of headers and bodies that lie outside. The last one named goes after all others. */
  release(hashes: readonly HashHex[]): Promise<void>;
}
