/** Whole snapshots that are kept. @source cloud.md 5.1 */
export const SNAPSHOTS_KEPT = 3;

/**
 * Snapshots of the unspent set, each a few files under one name. One is there once its
 * `manifest.json` is, which is written last and removed first. Nothing here is trusted: whoever reads
 * holds every file against the manifest, and the manifest against who vouches for it.
 *
 * Implementations: `adapters/embedded/memory-snapshots.ts`, `adapters/aws/s3-snapshots.ts`. Each passes
 * `test/ports/snapshots.contract.ts`. Every method throws StoreFault when the world failed.
 *
 * @source cloud.md 5.1, 5.3
 */
export interface Snapshots {
  /** Names of those that have a manifest, the highest first. */
  names(): Promise<string[]>;
  /** Replaces a file of this name; nothing changes before the last piece came. */
  write(name: string, file: string, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** @returns `undefined` where there is no such file */
  read(name: string, file: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  remove(name: string): Promise<void>;
}
