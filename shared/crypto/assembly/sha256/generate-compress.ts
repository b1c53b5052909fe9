/**
 * Writes the compression function of SHA-256 without loops: for one message on u32, and for four
 * at once, one in each lane of v128. Both also for a block known beforehand: the padding that
 * follows 64 bytes, whose schedule is then constant (a row of a Merkle tree is such messages).
 * @source FIPS 180-4, 4.1.2, 4.2.2, 5.3.3, 6.2.2
 * @module
 */

const ROUNDS = 64;
const WORD = 1n << 32n;

/** The first primes, of whose roots the constants are the fractions. */
const PRIMES: bigint[] = [];
for (let n = 2n; PRIMES.length < ROUNDS; n++) {
  if (PRIMES.every((prime) => n % prime !== 0n)) PRIMES.push(n);
}

/** First 32 bits of the fractional part of the root of so high a degree. */
function rootFraction(value: bigint, degree: bigint): bigint {
  const scaled = value << (32n * degree);
  let root = 0n;
  for (let bit = 1n << 40n; bit > 0n; bit >>= 1n) {
    if ((root + bit) ** degree <= scaled) root += bit;
  }
  return root % WORD;
}

const ROUND_CONSTANTS = PRIMES.map((prime) => rootFraction(prime, 3n));
const INITIAL_STATE = PRIMES.slice(0, 8).map((prime) => rootFraction(prime, 2n));
if (ROUND_CONSTANTS[0] !== 0x428a2f98n || INITIAL_STATE[0] !== 0x6a09e667n) {
  throw new Error("the constants are not those of FIPS 180-4");
}

/** One kind of word: how the operations on it are written. */
interface Dialect {
  readonly type: string;
  readonly constant: (value: bigint) => string;
  readonly add: (...terms: string[]) => string;
  readonly xor: (...terms: string[]) => string;
  readonly and: (a: string, b: string) => string;
  readonly right: (value: string, bits: number) => string;
  readonly rotate: (value: string, bits: number) => string;
  /** Bytes of a word in the state. */
  readonly bytes: number;
}

const nest = (name: string) => (...terms: string[]) =>
  terms.reduce((left, right) => `${name}(${left}, ${right})`);

const SCALAR: Dialect = {
  type: "u32",
  constant: (value) => `${value}`,
  add: (...terms) => `(${terms.join(" + ")})`,
  xor: (...terms) => `(${terms.join(" ^ ")})`,
  and: (a, b) => `(${a} & ${b})`,
  right: (value, bits) => `(${value} >> ${bits})`,
  rotate: (value, bits) => `rotr<u32>(${value}, ${bits})`,
  bytes: 4,
};

const LANES: Dialect = {
  type: "v128",
  constant: (value) => `i32x4.splat(${BigInt.asIntN(32, value)})`,
  add: nest("i32x4.add"),
  xor: nest("v128.xor"),
  and: nest("v128.and"),
  right: (value, bits) => `i32x4.shr_u(${value}, ${bits})`,
  rotate: (value, bits) =>
    `v128.or(i32x4.shr_u(${value}, ${bits}), i32x4.shl(${value}, ${32 - bits}))`,
  bytes: 16,
};

const rotations = (d: Dialect, value: string, [a, b, c]: readonly [number, number, number]) =>
  d.xor(d.rotate(value, a), d.rotate(value, b), d.rotate(value, c));

const smallSigma = (d: Dialect, value: string, [a, b, c]: readonly [number, number, number]) =>
  d.xor(d.rotate(value, a), d.rotate(value, b), d.right(value, c));

/** Sixteen words before, in place: the schedule never needs more than sixteen. */
function scheduleStep(d: Dialect, t: number): string {
  const w = (index: number) => `w${index & 15}`;
  const sigma0 = smallSigma(d, w(t - 15), [7, 18, 3]);
  const sigma1 = smallSigma(d, w(t - 2), [17, 19, 10]);
  return `${w(t)} = ${d.add(w(t), sigma0, w(t - 7), sigma1)};`;
}

/** A round; instead of moving the eight variables it is written with their names moved. */
function round(d: Dialect, t: number, input: readonly string[]): string[] {
  const name = (index: number) => `s${(index - t + 8 * ROUNDS) % 8}`;
  const [a, b, , dd, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map(name) as [
    string, string, string, string, string, string, string, string,
  ];
  const choice = d.xor(g, d.and(e, d.xor(f, g)));
  // majority = b ^ ((a ^ b) & (b ^ c)), whose second term is the first of the round before
  const [now, before] = t % 2 === 0 ? ["x", "y"] : ["y", "x"];
  return [
    `${h} = ${d.add(h, rotations(d, e, [6, 11, 25]), choice, ...input)};`,
    `${dd} = ${d.add(dd, h)};`,
    `${now} = ${d.xor(a, b)};`,
    `${h} = ${d.add(h, rotations(d, a, [2, 13, 22]), d.xor(b, d.and(now, before)))};`,
  ];
}

function compressBody(d: Dialect, wordAt: ((t: number) => string) | undefined): string[] {
  const constant = wordAt === undefined ? paddingSchedule() : undefined;
  const lines = Array.from({ length: 8 }, (_, i) => {
    const load = d === SCALAR ? "load<u32>" : "v128.load";
    return `let s${i}: ${d.type} = ${load}(state, ${i * d.bytes});`;
  });
  lines.push(`let x: ${d.type} = s0, y: ${d.type} = ${d.xor("s1", "s2")};`);
  if (wordAt !== undefined) {
    for (let t = 0; t < 16; t++) lines.push(`let w${t}: ${d.type} = ${wordAt(t)};`);
  }
  for (let t = 0; t < ROUNDS; t++) {
    if (wordAt !== undefined && t >= 16) lines.push(scheduleStep(d, t));
    const k = ROUND_CONSTANTS[t] as bigint;
    const input =
      constant === undefined
        ? [d.constant(k), `w${t & 15}`]
        : [d.constant((k + (constant[t] as bigint)) % WORD)];
    lines.push(...round(d, t, input));
  }
  for (let i = 0; i < 8; i++) {
    const at = `state, ${i * d.bytes}`;
    lines.push(
      d === SCALAR
        ? `store<u32>(state, load<u32>(${at}) + s${i}, ${i * d.bytes});`
        : `v128.store(state, i32x4.add(v128.load(${at}), s${i}), ${i * d.bytes});`,
    );
  }
  return lines;
}

/** The schedule of a block that is nothing but the padding of 64 bytes. */
function paddingSchedule(): bigint[] {
  const rotate = (x: bigint, bits: bigint) => ((x >> bits) | (x << (32n - bits))) % WORD;
  const w = [0x80000000n, ...new Array<bigint>(14).fill(0n), 512n];
  for (let t = 16; t < ROUNDS; t++) {
    const [far, near] = [w[t - 15] as bigint, w[t - 2] as bigint];
    const sigma0 = rotate(far, 7n) ^ rotate(far, 18n) ^ (far >> 3n);
    const sigma1 = rotate(near, 17n) ^ rotate(near, 19n) ^ (near >> 10n);
    w.push(((w[t - 16] as bigint) + sigma0 + (w[t - 7] as bigint) + sigma1) % WORD);
  }
  return w;
}

const define = (name: string, parameters: string, lines: readonly string[]) =>
  `export function ${name}(${parameters}): void {\n${lines.map((l) => `  ${l}\n`).join("")}}\n`;

export function generate(): string {
  const state = INITIAL_STATE.map((word) => `${word}`).join(", ");
  const spread = INITIAL_STATE.flatMap((word) => [word, word, word, word]).join(", ");
  return [
    `export const INITIAL_STATE: usize = memory.data<u32>([${state}], 16);\n`,
    `export const INITIAL_LANES: usize = memory.data<u32>([${spread}], 16);\n`,
    define(
      "compress",
      "state: usize, block: usize",
      compressBody(SCALAR, (t) => `bswap<u32>(load<u32>(block, ${4 * t}))`),
    ),
    // the words of four blocks, in sixteen v128
    define(
      "compressLanes",
      "state: usize, words: usize",
      compressBody(LANES, (t) => `v128.load(words, ${16 * t})`),
    ),
    define("compressPadding", "state: usize", compressBody(SCALAR, undefined)),
    define("compressPaddingLanes", "state: usize", compressBody(LANES, undefined)),
  ].join("\n");
}
