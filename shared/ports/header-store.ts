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
  /**
   * `RunningTotals.encode()` of the unspent set after this block, 408 bytes, where whoever applied it
   * gave them; `undefined` in a store whose coins bring their own totals forward.
   */
  readonly totals: Uint8Array | undefined;
}

/**
 * Headers, what is known about their blocks, and the leaves worth connecting. Strong reads only:
 * what a write returned for is seen by every later read. A header that is put again erases nothing.
 *
 * Implementations: `adapters/embedded/{memory,level}-header-store.ts`,
 * `adapters/aws/dynamo-header-store.ts`. Each passes `test/ports/header-store.contract.ts`.
 */
export interface HeaderStore {
  /**
   * Keep a header unless it is there already.
   *
   * @param bodySize where its body is stored before: as `setBodySize` after it, in one write
   * @throws StoreFault when it cannot be kept
   */
  put(record: HeaderRecord, bodySize?: number): Promise<void>;
  get(hash: HashHex): Promise<StoredHeader | undefined>;
  /** @param hashes at most 2,000 @returns in the order asked */
  getMany(hashes: readonly HashHex[]): Promise<(StoredHeader | undefined)[]>;

  setBodySize(hash: HashHex, bytes: number): Promise<void>;
  setChecked(hash: HashHex): Promise<void>;
  setRejected(hash: HashHex, error: ConsensusError): Promise<void>;
  /** Undo `setRejected`, for `reconsiderblock` and for what was bad only until some time. */
  clearRejected(hash: HashHex): Promise<void>;
  /**
   * The block's marks are all in this generation.
   *
   * @param totals of the unspent set after this block, a function of its chain: the first given stay
   */
  setApplied(hash: HashHex, generation: number, totals?: Uint8Array): Promise<void>;

  /** Remember a leaf whose body is stored and whose header was judged; it may be put after this. */
  addCandidate(leaf: { readonly work: bigint; readonly hash: HashHex }): Promise<void>;
  dropCandidate(hash: HashHex): Promise<void>;
  /** Heaviest first, only those heavier than `work`. @param limit 1 to 64 */
  candidates(
    work: bigint,
    limit: number,
  ): Promise<{ readonly work: bigint; readonly hash: HashHex }[]>;

  /**
   * Ends of branches, heaviest first, bad ones included: at least the candidates heavier than the
   * committed tip, and the tip itself where one is committed, or one below it of a moment ago. A store that one process owns tells of
   * every known header without a known child; a shared one keeps no such list.
   *
   * @param limit 1 to 256
   */
  leaves(limit: number): Promise<HashHex[]>;
}

/**
 * What only a store that one process owns can tell or do: a shared one keeps no item for it, since
 * every header would cost one write more.
 *
 * Implementations: `adapters/embedded/{memory,level}-header-store.ts`. Each passes
 * `test/ports/header-tree.contract.ts`.
 */
export interface HeaderTree {
  /** Direct children of a header, in no order. */
  children(hash: HashHex): Promise<HashHex[]>;
  /** Forget every `applied` mark, and the totals with it: the coin store was rebuilt. */
  clearApplied(): Promise<void>;
}
