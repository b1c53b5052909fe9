import type { HashHex } from "#shared/primitives/brand.ts";

/**
 * Where raw block bodies live, addressed by block hash. The hash commits to the header alone, so a
 * body is put only after the integrity stage passed on these bytes, and whoever reads one for a
 * verdict runs that stage again on what was read.
 *
 * Implementations: `adapters/embedded/{memory,level}-block-store.ts`. Each passes
 * `test/ports/block-store.contract.ts`.
 */
export interface BlockStore {
  /**
   * Keep one serialized block, at most 4 MiB, unless one is kept under this hash already. The bytes
   * are the caller's again afterwards. Durable no later than the coin store's next flush.
   * @throws StoreFault when it cannot be kept
   */
  put(hash: HashHex, block: Uint8Array): Promise<void>;

  /**
   * @returns exactly the bytes given to `put`, the caller's to keep; `undefined` when never stored
   * @throws StoreFault on I/O failure or a failed checksum
   */
  get(hash: HashHex): Promise<Uint8Array | undefined>;

  /** Forget the body under this hash if it is still exactly these bytes: they proved broken. */
  drop(hash: HashHex, block: Uint8Array): Promise<void>;

  /** Forget the body under this hash, whatever its bytes are: it is kept no longer. */
  forget(hash: HashHex): Promise<void>;
}
