/** Base units as coins, eight places, without a float. */
export function coinsText(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(9, "0");
  return `${units < 0n ? "-" : ""}${digits.slice(0, -8)}.${digits.slice(-8)}`;
}
