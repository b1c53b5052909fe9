/**
 * Writes the product of two pairs of 28-limb numbers, column by column, and the constants of the
 * modulus. Each lane of v128 is one product: a column is the sum of a_i·b_(k-i) modulo 2^64.
 * @module
 */

/** Limbs of one of the four pieces of a number; in `number.ts` too. */
const PIECE_LIMBS = 28;
const COLUMNS = 2 * PIECE_LIMBS - 1;
const PRIME = 2n ** 3072n - 1103717n;

function column(index: number): string {
  const terms: string[] = [];
  for (let i = 0; i < PIECE_LIMBS; i++) {
    const j = index - i;
    if (j < 0 || j >= PIECE_LIMBS) continue;
    const [a, b] = [`v128.load64_zero(a, ${8 * i})`, `v128.load64_zero(b, ${8 * j})`];
    terms.push(`i64x2.extmul_low_i32x4_u(${a}, ${b})`);
  }
  return terms.reduce((sum, term) => `i64x2.add(${sum}, ${term})`);
}

/** The modulus as `arithmetic/modular-inverse.ts` has it: count, 1/modulus mod 2^30, limbs. */
function modulus(): string {
  const limb = 1n << 30n;
  let inverse = 1n;
  for (let bits = 1; bits < 30; bits *= 2) {
    inverse = (((inverse * (2n - PRIME * inverse)) % limb) + limb) % limb;
  }
  if ((inverse * PRIME) % limb !== 1n) throw new Error("no inverse modulo 2^30");
  const limbs = Array.from({ length: 103 }, (_, i) => (PRIME >> (30n * BigInt(i))) % limb);
  const values = [103n, inverse, ...limbs].map((value) => `${value}`);
  return `export const PRIME_30: usize = memory.data<u32>([${values.join(", ")}], 8);\n`;
}

export function generate(): string {
  const lines = Array.from({ length: COLUMNS }, (_, k) => `  v128.store(r, ${column(k)}, ${16 * k});\n`);
  const product = `export function multiplyPairs(r: usize, a: usize, b: usize): void {\n${lines.join("")}}\n`;
  return `${modulus()}${product}`;
}
