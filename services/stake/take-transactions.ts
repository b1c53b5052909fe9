import { blockRules } from "#shared/consensus/block-rules.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { medianTime } from "#shared/consensus/median-time.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { Mempool, TemplateTransaction } from "#shared/ports/mempool.ts";
import { type Amount, amount, type UnixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { HashedTransaction, Outpoint } from "#shared/primitives/transaction.ts";

/** What a block takes of the pool. */
export interface Taken {
  /** Parents before children. */
  readonly transactions: readonly HashedTransaction[];
  /** Of all of them. */
  readonly fees: Amount;
}

/** A block of nobody's transactions. */
export const NOTHING_TAKEN: Taken = { transactions: [], fees: amount(0n) };

/** Kept free for header, coinbase and coinstake: at most 922 bytes and two operations. */
const RESERVED_BYTES = 1_000;
const RESERVED_SIGOPS = 400;
/** Base units per 1,000 bytes. */
const FEE_RATE_MIN = 1_000n;

/**
 * Choose transactions for a block of this time on `parent`, by their fees, within all its limits.
 * The fees are those of what is taken and of nothing else: the reference takes what is too new out
 * again and pays itself its fee, so that its block is refused.
 *
 * @param kernel what the block's coinstake spends: whatever spends it too is left out, with all that
 *   depends on it
 * @source exos-l1.md 8.2, 8.3
 */
export async function takeTransactions(
  mempool: Pick<Mempool, "template">,
  at: { readonly parent: HeaderRecord; readonly time: UnixSeconds; readonly kernel?: Outpoint },
  params: ConsensusParams,
): Promise<Taken> {
  const { parent, time, kernel } = at;
  const rules = blockRules(parent, params);
  const chosen = await mempool.template({
    sizeBytesMax: params.blockWeightMax / params.witnessScale - RESERVED_BYTES,
    sigopsMax: params.blockSigopsCostMax - RESERVED_SIGOPS,
    feeRateMin: FEE_RATE_MIN,
    timeMax: params.wire.transactionTime ? time : undefined,
    height: parent.height + 1,
    lockTimeCutoff: rules.isMedianTimeCutoff ? medianTime(parent.context) : time,
    witness: rules.isSegwitActive,
  });
  const kept = kernel === undefined ? chosen : withoutRivals(chosen, kernel);
  return {
    transactions: kept.map(({ tx }) => tx),
    fees: amount(kept.reduce((sum, { fee }) => sum + fee, 0n)),
  };
}

function withoutRivals(
  chosen: readonly TemplateTransaction[],
  kernel: Outpoint,
): TemplateTransaction[] {
  const kernelKey = outpointKey(kernel);
  const dropped = new Set<string>();
  return chosen.filter(({ tx }) => {
    const isRival = tx.inputs.some(
      ({ prevout }) => outpointKey(prevout) === kernelKey || dropped.has(toHashHex(prevout.txid)),
    );
    if (isRival) dropped.add(toHashHex(tx.txid));
    return !isRival;
  });
}
