import { decodeCompact } from "#shared/consensus/decode-compact.ts";
import { hashNumber } from "#shared/consensus/hash-number.ts";
import { type Kernel, kernelHash } from "#shared/consensus/kernel-hash.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { CompactBits } from "#shared/primitives/brand.ts";
import type { Coin } from "#shared/primitives/coin.ts";

/**
 * The hash of a kernel is at most the target times the coin's base units.
 *
 * The product is not bounded by 256 bits, and the coin's age counts for nothing. The reference
 * refuses a coinstake older than its coin before it hashes.
 *
 * @source StakeValidator.cs CheckStakeKernelHash (EXOSFullNode e61c2e61); exos-l1.md 4.6 step 5
 */
export function checkKernel(
  kernel: Omit<Kernel, "coinTime">,
  coin: Pick<Coin, "time" | "value">,
  bits: CompactBits,
): Violation | undefined {
  if (kernel.stakeTime < coin.time) {
    return violation("stake-time-violation", { time: kernel.stakeTime, coinTime: coin.time });
  }
  const hash = kernelHash({ ...kernel, coinTime: coin.time });
  return hashNumber(hash) > decodeCompact(bits) * coin.value
    ? violation("proof-of-stake-hash-invalid-target", { bits, value: coin.value.toString() })
    : undefined;
}
