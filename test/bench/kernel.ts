/**
 * `node test/bench/kernel.ts [rounds]`: kernels tried a second on one thread, beside as many double
 * SHA-256 of the same bytes one by one.
 * @module
 */
import { KERNEL_BYTES } from "#shared/consensus/kernel-hash.ts";
import { createKernelSearch } from "#shared/consensus/kernel-search.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import { amount, compactBits, type Hash256, unixSeconds } from "#shared/primitives/brand.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { medianSeconds } from "./rounds.ts";

const COINS = 4_096;
const BITS = compactBits(0x1b00ffff);
const FIRST_SLOT = 1_600_000_000;
const SLOT_SECONDS = 16;
const WARM_UP_ROUNDS = 30;

export interface KernelFigures {
  /** Kernels a second in a search that finds nothing. */
  readonly kernels: number;
  /** Double SHA-256 of as many bytes a second, one by one. */
  readonly plain: number;
}

/** Medians of interleaved rounds, a few milliseconds each. */
export function benchKernel(rounds = 31): KernelFigures {
  const random = createSeededRandom(1);
  const hash = () => random.bytes(32) as Hash256;
  const candidates = Array.from({ length: COINS }, (_, index) => ({
    prevout: { txid: hash(), index: index & 7 },
    // A chance of 2^-28 at each try: nothing is found.
    coin: { time: unixSeconds(FIRST_SLOT), value: amount(1_000_000n) },
  }));
  const search = createKernelSearch(hash(), BITS, candidates);
  const messages = Array.from({ length: COINS }, () => random.bytes(KERNEL_BYTES));
  let stakeTime = FIRST_SLOT;
  const cases = {
    kernels: () => {
      stakeTime += SLOT_SECONDS;
      search.tryAt(unixSeconds(stakeTime), { from: 0, count: COINS });
    },
    plain: () => {
      for (const message of messages) hash256(message);
    },
  };
  medianSeconds(cases, WARM_UP_ROUNDS);
  const seconds = medianSeconds(cases, rounds);
  return { kernels: COINS / seconds.kernels, plain: COINS / seconds.plain };
}

if (import.meta.main) {
  const { kernels, plain } = benchKernel(Number(process.argv[2] ?? 31));
  const row = (name: string, perSecond: number): void => {
    const figure = Math.round(perSecond).toLocaleString("en").padStart(12);
    process.stdout.write(`${name.padEnd(36)} ${figure} /s ${(perSecond / plain).toFixed(2)}\n`);
  };
  row("kernels", kernels);
  row(`hash256, ${KERNEL_BYTES} bytes`, plain);
}
