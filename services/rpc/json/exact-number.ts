import type { Amount } from "#shared/primitives/brand.ts";

/** A JSON number whose digits are kept as text, so that no float ever holds them. */
export type ExactNumber = RawJson;

const COIN = 100_000_000n;

/** Base units as decimal coins with eight places, the way Bitcoin Core prints money. */
export function coinsText(value: Amount | bigint): string {
  const magnitude = value < 0n ? -value : value;
  const fraction = (magnitude % COIN).toString().padStart(8, "0");
  return `${value < 0n ? "-" : ""}${magnitude / COIN}.${fraction}`;
}

/** Base units as a JSON number in coins, digit by digit. */
export function exactCoins(value: Amount | bigint): ExactNumber {
  return JSON.rawJSON(coinsText(value));
}
