/**
 * What a size costs at a rate: rounded down, and never nothing for the sake of rounding.
 *
 * @param rate base units per 1,000 bytes
 * @source FeeRate.cs GetFee (EXOSFullNode e61c2e61); exos-l1.md 6.2
 */
export function feeOfSize(rate: bigint, size: number): bigint {
  const fee = (rate * BigInt(size)) / 1_000n;
  return fee === 0n && size > 0 ? rate : fee;
}
