import type { Chain } from "#services/rpc/views/chain.ts";
import { difficultyOf } from "#services/rpc/views/difficulty.ts";
import { blockWork } from "#shared/consensus/block-work.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { medianTime } from "#shared/consensus/median-time.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import type { HashHex, UnixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** A header as every dialect tells it. */
export interface HeaderView {
  readonly record: HeaderRecord;
  readonly stored: StoredHeader;
  /** -1 off the chain of the answer's tip. */
  readonly confirmations: number;
  /** `undefined` for genesis. */
  readonly previous: HashHex | undefined;
  /** The block after it on this chain. */
  readonly next: HashHex | undefined;
  readonly medianTime: UnixSeconds;
  readonly difficulty: number;
  /** What this header alone adds to the work of its chain. */
  readonly work: bigint;
}

export async function viewHeader(stored: StoredHeader, chain: Chain): Promise<HeaderView> {
  const { record } = stored;
  const confirmations = await chain.confirmations(record);
  return {
    record,
    stored,
    confirmations,
    previous: record.height === 0 ? undefined : toHashHex(record.header.prev),
    next: confirmations > 1 ? await chain.hashAt(record.height + 1) : undefined,
    medianTime: medianTime(record.context),
    difficulty: difficultyOf(record.header.bits),
    work: blockWork(record.header.bits),
  };
}
