/** What sinks, since when, and how full the pool is. Rates in base units per 1,000 bytes. */
export interface RollingRate {
  /** At `feeTime`; zero where nothing was thrown out. */
  readonly feeRate: bigint;
  readonly feeTime: number;
  /** Whether a block has come since something was thrown out. */
  readonly sinking: boolean;
}

const HALF_LIFE_SECONDS = 12 * 60 * 60;

/**
 * What the pool asks of whoever enters since it was full: a rate that halves in twelve hours, sooner
 * where the pool has emptied, and is forgotten below half of what relaying costs anyway.
 *
 * @source TxMemPool.cs GetMinFee (EXOSFullNode e61c2e61); exos-l1.md 6.2
 */
export function rollingRate(
  { feeRate, feeTime, sinking }: RollingRate,
  pool: {
    readonly now: number;
    readonly usage: number;
    readonly usageMax: number;
    readonly relayFeeRate: bigint;
  },
): bigint {
  if (!sinking || feeRate === 0n) return feeRate;
  const { usage, usageMax, relayFeeRate } = pool;
  const sooner = usage < usageMax / 4 ? 4 : usage < usageMax / 2 ? 2 : 1;
  const halvings = (Math.max(0, pool.now - feeTime) * sooner) / HALF_LIFE_SECONDS;
  const rate = BigInt(Math.floor(Number(feeRate) / 2 ** halvings));
  if (2n * rate < relayFeeRate) return 0n;
  return rate > relayFeeRate ? rate : relayFeeRate;
}
