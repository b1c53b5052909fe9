import { encodeTransaction } from "#shared/codec/encode-transaction.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { type Amount, amount, type UnixSeconds, unixSeconds } from "#shared/primitives/brand.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";
import { SWEEP_INPUTS_MAX, sweepFee } from "#shared/wallet/check-sweep.ts";
import { leastValue } from "#shared/wallet/fee-rules.ts";

/** A coin that may be swept: its block is deep enough. */
export interface SweptCoin {
  readonly outpoint: Outpoint;
  readonly value: Amount;
  readonly scriptPubKey: Uint8Array;
  /** Of the transaction that made it. */
  readonly time: UnixSeconds;
}

/** One transaction of a sweep, without signatures. */
export interface SweepPart {
  readonly raw: Uint8Array;
  readonly coins: number;
  /** What arrives. */
  readonly value: Amount;
  readonly fee: Amount;
}

const FINAL_SEQUENCE = 0xffff_ffff;

/**
 * All of these coins to one place, in transactions of at most 100 each. What would not be worth its
 * fee is left where it is.
 *
 * @param to the script that is paid
 * @param now the network's time
 */
export function planSweep(
  coins: readonly SweptCoin[],
  { to, now }: { readonly to: Uint8Array; readonly now: UnixSeconds },
  params: Pick<ConsensusParams, "wire" | "dialect">,
): readonly SweepPart[] {
  const { dialect, wire } = params;
  // Great coins first: what is too little to be worth a fee ends up together.
  const sorted = coins.toSorted((a, b) => (a.value < b.value ? 1 : a.value > b.value ? -1 : 0));
  const parts: SweepPart[] = [];
  for (let from = 0; from < sorted.length; from += SWEEP_INPUTS_MAX) {
    const some = sorted.slice(from, from + SWEEP_INPUTS_MAX);
    const fee = sweepFee(some, to, dialect);
    const value = amount(some.reduce((sum, coin) => sum + coin.value, 0n) - fee);
    if (value < leastValue({ scriptPubKey: to }, dialect)) continue;
    const time = Math.max(now, ...some.map((coin) => coin.time));
    const transaction = {
      version: 1,
      time: unixSeconds(wire.transactionTime ? time : 0),
      inputs: some.map(({ outpoint }) => ({
        prevout: outpoint,
        scriptSig: new Uint8Array(0),
        sequence: FINAL_SEQUENCE,
        witness: [],
      })),
      outputs: [{ value, scriptPubKey: to }],
      lockTime: 0,
    };
    const raw = encodeTransaction(transaction, wire, { witness: false });
    parts.push({ raw, coins: some.length, value, fee });
  }
  return parts;
}
