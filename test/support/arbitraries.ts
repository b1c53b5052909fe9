import fc from "fast-check";
import { amount, type Hash256, unixSeconds } from "#shared/primitives/brand.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";

const u32 = fc.nat(0xffff_ffff);
const script = fc.uint8Array({ maxLength: 40 });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes as Hash256);

/** Any transaction that a wire can carry: with witnesses or none, inputs or none. */
export function anyTransaction(options: {
  readonly time: boolean;
  readonly inputsMin: number;
}): fc.Arbitrary<Transaction> {
  const input = fc.record({
    prevout: fc.record({ txid: hash, index: u32 }),
    scriptSig: script,
    sequence: u32,
    witness: fc.array(script, { maxLength: 3 }),
  });
  const output = fc.record({
    value: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(amount),
    scriptPubKey: script,
  });
  return fc.record({
    version: u32,
    time: options.time ? u32.map(unixSeconds) : fc.constant(unixSeconds(0)),
    inputs: fc.array(input, { minLength: options.inputsMin, maxLength: 4 }),
    outputs: fc.array(output, { maxLength: 4 }),
    lockTime: u32,
  });
}
