import { decodeWhole } from "#shared/codec/decode-whole.ts";
import type { DecodeFault, Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import { type Hash256, type Height, height } from "#shared/primitives/brand.ts";
import type { Result } from "#shared/primitives/result.ts";

/** Where someone stands, and up to where the answer shall go. */
export interface Locator {
  /** Hashes of the own chain, tip first, ever further apart. */
  readonly hashes: readonly Hash256[];
  /** Last block wanted; zero for as many as fit. */
  readonly stop: Hash256;
}

/** A locator as `getheaders` and `getblocks` carry it. */
export interface VersionedLocator extends Locator {
  /** Of the protocol. */
  readonly version: number;
}

/** Heights after which the distance begins to double, one height later. */
const NEAR_STEPS = 10;

function readLocator(reader: Reader): Locator {
  return { hashes: reader.list(32, (items) => items.hash()), stop: reader.hash() };
}

function writeLocator(writer: Writer, { hashes, stop }: Locator): Uint8Array {
  return writer
    .list(hashes, (hash) => writer.bytes(hash))
    .bytes(stop)
    .finish();
}

/** Payload of `getheaders` and of `getblocks`. */
export function decodeVersionedLocator(bytes: Uint8Array): Result<VersionedLocator, DecodeFault> {
  return decodeWhole(bytes, (reader) => ({ version: reader.u32(), ...readLocator(reader) }));
}

/** @source exos-l1.md 7.4 */
export function encodeVersionedLocator(locator: VersionedLocator): Uint8Array {
  return writeLocator(new Writer().u32(locator.version), locator);
}

/** Payload of `getprovhdr`, which has no version. */
export function decodeLocator(bytes: Uint8Array): Result<Locator, DecodeFault> {
  return decodeWhole(bytes, readLocator);
}

/** @source GetProvenHeadersPayload (EXOSFullNode e61c2e61); exos-l1.md 7.4 */
export function encodeLocator(locator: Locator): Uint8Array {
  return writeLocator(new Writer(), locator);
}

/**
 * The heights that a locator names: twelve down from the tip, then at doubling distances, genesis
 * last.
 *
 * @source ChainedHeader.GetLocator (EXOSFullNode e61c2e61); exos-l1.md 7.5
 */
export function locatorHeights(tip: Height): Height[] {
  const heights: Height[] = [];
  let step = 1;
  let at: number = tip;
  while (at > 0) {
    heights.push(height(at));
    at -= step;
    if (heights.length > NEAR_STEPS) step *= 2;
  }
  return [...heights, height(0)];
}
