import { PAYLOAD_BYTES_MAX } from "#shared/codec/messages/frame.ts";
import type { Rate } from "#shared/p2p/token-bucket.ts";

/**
 * Commands that every node of ours reads, and how long a payload may be. The reference takes 4 MiB
 * of each and ignores what stands behind the end, of which we leave room for some.
 *
 * @source exos-l1.md 7.1, 7.4
 */
const COMMON: Readonly<Record<string, number>> = {
  version: 4096,
  verack: 1024,
  ping: 1024,
  pong: 1024,
  getaddr: 1024,
  addr: PAYLOAD_BYTES_MAX,
  sendheaders: 1024,
  getheaders: 16_384,
  headers: PAYLOAD_BYTES_MAX,
  getblocks: 16_384,
  inv: PAYLOAD_BYTES_MAX,
  getdata: PAYLOAD_BYTES_MAX,
  block: PAYLOAD_BYTES_MAX,
  tx: PAYLOAD_BYTES_MAX,
  mempool: 1024,
  reject: 65_536,
};

/** Read beside the common ones where headers come with proofs. */
const PROVEN: Readonly<Record<string, number>> = { getprovhdr: 16_384, provhdr: PAYLOAD_BYTES_MAX };

/** Read beside the common ones where absence is answered. */
const NOT_FOUND: Readonly<Record<string, number>> = { notfound: PAYLOAD_BYTES_MAX };

/** Most bytes of a payload by command; what is not in it is skipped unread. */
export function payloadLimits(dialect: {
  readonly provenVersion: number | undefined;
  readonly notFound: boolean;
}): ReadonlyMap<string, number> {
  return new Map(
    Object.entries({
      ...COMMON,
      ...(dialect.provenVersion === undefined ? {} : PROVEN),
      ...(dialect.notFound ? NOT_FOUND : {}),
    }),
  );
}

/**
 * What one peer may ask and tell. What exceeds it is left aside and never punished: repetition is
 * no violation. Each is far above what an honest node does, and what we asked for counts nowhere.
 */
export const RATES = {
  /** A second `version`, each of which is answered. */
  version: { burst: 5, perSecond: 0.1 },
  ping: { burst: 100, perSecond: 2 },
  /** `getheaders` and `getprovhdr`: 2,000 headers each, so 40,000 headers a second. */
  headersWanted: { burst: 200, perSecond: 20 },
  blocksWanted: { burst: 50, perSecond: 5 },
  mempool: { burst: 2, perSecond: 1 / 60 },
  /** Announced headers, each of which costs a judge some tenths of a millisecond. */
  headers: { burst: 10_000, perSecond: 100 },
  /** Announced hashes, by item: two of the largest messages, then what a busy network has. */
  inv: { burst: 100_000, perSecond: 500 },
  /** Transactions that nobody asked for. */
  tx: { burst: 1000, perSecond: 50 },
  /** Addresses, by entry. @source MAX_ADDR_RATE_PER_SECOND, net_processing.cpp (Bitcoin Core 25) */
  addr: { burst: 1000, perSecond: 0.1 },
} as const satisfies Record<string, Rate>;

/** What is remembered of one peer, in items: two megabytes at most. */
export const KEPT = {
  /** Transactions that it knows; of those forgotten it is told once more. */
  knownTransactions: 4000,
  /** Blocks whose headers it has: one message of them. */
  knownBlocks: 2000,
  /** Transactions that wait to be announced to it. */
  announcements: 4000,
  /**
   * Items that it asked for and that were not answered yet.
   *
   * @source exos-l1.md 7.7: as many blocks the reference may ask for at a time
   */
  wanted: 10_000,
  /** Transactions that we asked it for. */
  transactionsInFlight: 4000,
  /** Blocks that we asked it for. */
  blocksInFlight: 16_384,
} as const;
