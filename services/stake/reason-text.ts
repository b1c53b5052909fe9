/**
 * Money and durations in the sentences of this service.
 * @module
 */
const COIN = 100_000_000n;
const UNITS = [
  ["years", 31_557_600],
  ["days", 86_400],
  ["hours", 3_600],
  ["minutes", 60],
] as const;

/** Base units as coins: eight places, and what they are. */
export function coinsText(value: bigint, ticker: string): string {
  return `${value / COIN}.${(value % COIN).toString().padStart(8, "0")} ${ticker}`;
}

/** Seconds in the largest unit of which there are two, without a fraction. */
export function durationText(seconds: number): string {
  const unit = UNITS.find(([, size]) => seconds >= 2 * size);
  if (unit === undefined) return `${Math.round(seconds)} seconds`;
  return `${Math.round(seconds / unit[1])} ${unit[0]}`;
}
