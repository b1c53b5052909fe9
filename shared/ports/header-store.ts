import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { ConsensusError } from "#shared/consensus/verdict.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

/** A header with what this node has found out about its block. Each fact is set once. */
export interface StoredHeader {
  readonly record: HeaderRecord;
  /** Bytes of the stored body; `undefined` while there is none. */
  readonly bodySize: number | undefined;
  /** The context-free stages passed. */
  readonly checked: boolean;
  /** Why the block is bad; its descendants are bad with it. */
  readonly rejected: ConsensusError | undefined;
  /** Generations of the coin store into which the block is applied. */
  readonly applied: readonly number[];
}

/**
 * Headers, what is known about their blocks, and the leaves worth connecting. Strong reads only:
 * what a write returned for is seen by every later read. A header that is put again erases nothing.
 *
 * Implementations: `adapters/embedded/{memory,level}-header-store.ts`. Each passes
 * `test/ports/header-store.contract.ts`.
 */
export interface HeaderStore {
  /** Keep a header unless it is there already. @throws StoreFault when it cannot be kept */
  put(record: HeaderRecord): Promise<void>;
  get(hash: HashHex): Promise<StoredHeader | undefined>;
  /** @param hashes at most 2,000 @returns in the order asked */
  getMany(hashes: readonly HashHex[]): Promise<(StoredHeader | undefined)[]>;

  setBodySize(hash: HashHex, bytes: number): Promise<void>;
  setChecked(hash: HashHex): Promise<void>;
  setRejected(hash: HashHex, error: ConsensusError): Promise<void>;
  /** Undo `setRejected`, for `reconsiderblock` and for what was bad only until some time. */
  clearRejected(hash: HashHex): Promise<void>;
  setApplied(hash: HashHex, generation: number): Promise<void>;
  /** Forget every `applied` mark: the coin store was rebuilt. */
  clearApplied(): Promise<void>;

  /** Remember a leaf whose body is stored and whose header was judged. */
  addCandidate(leaf: { readonly work: bigint; readonly hash: HashHex }): Promise<void>;
  dropCandidate(hash: HashHex): Promise<void>;
  /** Heaviest first, only those heavier than `work`. @param limit 1 to 64 */
  candidates(
    work: bigint,
    limit: number,
  ): Promise<{ readonly work: bigint; readonly hash: HashHex }[]>;

  /** Known headers without a known child, heaviest first, bad ones included. @param limit 1 to 256 */
  leaves(limit: number): Promise<HashHex[]>;
  /** Direct children of a header, in no order. */
  children(hash: HashHex): Promise<HashHex[]>;
}
