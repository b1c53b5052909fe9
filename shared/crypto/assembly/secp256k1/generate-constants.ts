/**
 * Writes the constants of the curve as static memory of the module.
 * @module
 */
import { BETA, G, modulo, N, P, SPLIT } from "./curve.ts";
import { limbsOf } from "./generate-field.ts";

const hex = (value: bigint) => `0x${value.toString(16)}`;

function words(value: bigint, bits: bigint, count: number): bigint[] {
  const mask = (1n << bits) - 1n;
  return Array.from({ length: count }, (_, index) => (value >> (bits * BigInt(index))) & mask);
}

const memory = (name: string, values: readonly bigint[]) =>
  `export const ${name}: usize = memory.data<u32>([${values.map(hex).join(", ")}], 8);\n`;

/** A field element: nine limbs and a filler to whole u64 words. */
const element = (name: string, value: bigint) => memory(name, [...limbsOf(value), 0n]);

/** Whole u32 words, least first. */
const scalar = (name: string, value: bigint, count: number) => memory(name, words(value, 32n, count));

/** A modulus as `arithmetic/modular-inverse.ts` has it: count, 1/modulus mod 2^30, limbs. */
function divstepsModulus(name: string, modulus: bigint): string {
  const limb = 1n << 30n;
  let inverse = 1n;
  for (let bits = 1; bits < 30; bits *= 2) inverse = modulo(inverse * (2n - modulus * inverse), limb);
  if ((inverse * modulus) % limb !== 1n) throw new Error("no inverse modulo 2^30");
  return memory(name, [9n, inverse, ...words(modulus, 30n, 9)]);
}

export function generate(): string {
  return [
    element("FIELD_PRIME", P),
    element("FIELD_ORDER", N),
    element("FIELD_ONE", 1n),
    element("FIELD_SEVEN", 7n),
    element("BETA", BETA),
    element("GENERATOR_X", G.x),
    element("GENERATOR_Y", G.y),
    scalar("ORDER", N, 8),
    scalar("ORDER_COMPLEMENT", 2n ** 256n - N, 5),
    scalar("PRIME_MINUS_ORDER", P - N, 8),
    scalar("SPLIT_G1", SPLIT.g1, 8),
    scalar("SPLIT_G2", SPLIT.g2, 8),
    scalar("SPLIT_A1", SPLIT.a1, 5),
    scalar("SPLIT_B1", SPLIT.b1, 5),
    scalar("SPLIT_A2", SPLIT.a2, 5),
    scalar("SPLIT_B2", SPLIT.b2, 5),
    divstepsModulus("ORDER_30", N),
  ].join("");
}
