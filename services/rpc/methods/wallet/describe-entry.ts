import { exactCoins } from "#services/rpc/json/exact-number.ts";
import { toHex } from "#services/rpc/json/hex.ts";
import type { WalletEntry, WalletTransaction } from "#shared/ports/wallets.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** One line of a transaction as Core tells it. */
export function describeEntry(entry: WalletEntry, { fee }: WalletTransaction): object {
  const { address, category, value, label, output } = entry;
  const sent = category === "send";
  return {
    ...(address === undefined ? {} : { address }),
    category,
    amount: exactCoins(value),
    ...(label === undefined ? {} : { label }),
    vout: output,
    ...(sent && fee !== undefined ? { fee: exactCoins(-fee) } : {}),
    ...(sent ? { abandoned: false } : {}),
  };
}

/** What Core says of a transaction wherever it tells of one. */
export function describePlace(transaction: WalletTransaction): object {
  const { place, confirmations, kind, tx, comment, commentTo, replaceable, seen } = transaction;
  return {
    confirmations,
    ...(kind === "ordinary" ? {} : { generated: true }),
    ...(place === undefined
      ? { trusted: transaction.fee !== undefined }
      : {
          blockhash: place.hash,
          blockheight: place.height,
          blockindex: place.position,
          blocktime: place.blockTime,
        }),
    txid: transaction.txid,
    wtxid: toHashHex(tx.wtxid),
    walletconflicts: [],
    time: Math.min(seen, place?.blockTime ?? seen),
    timereceived: seen,
    ntime: tx.time,
    "bip125-replaceable": replaceable ? "yes" : "no",
    ...(comment === undefined ? {} : { comment }),
    ...(commentTo === undefined ? {} : { to: commentTo }),
  };
}

/** The bytes that go with it. */
export const hexOf = ({ tx }: WalletTransaction): string => toHex(tx.raw);
