/**
 * Writes the straight-line part of the field modulo p = 2^256 - 2^32 - 977.
 *
 * **Form.** Nine limbs of 29 bits (the top one of 24), least first, as u32 in 40 bytes, so that one
 * u64 holds two limbs. Limbs may run over: *magnitude m* says that none passes m·(2^29 + 2^14).
 * Sums and differences then need no carry and work on two limbs at a time.
 *
 * **Products.** Column k is the sum of a_i·b_(k-i). At most eight of its terms are full, each below
 * m_a·m_b·2^58·(1 + 2^-14), so 64 bits hold a column while m_a·m_b < 8: 81 products instead of the
 * hundred of ten limbs of 26 bits. Columns 9 to 16 weigh 2^261 = 2^37 + 31264 (mod p) times columns
 * 0 to 7: each is carried to 29 bits, then joins the column below, once times 31264, and the next
 * one times 2^8. What passes 2^256 at the end folds as 2^32 + 977. The result has magnitude 1.
 *
 * **Differences of products** share that reduction: from each column of a·b those of c·d are taken,
 * after a multiple of p whose columns are at least as large was added.
 * @module
 */
import { P } from "./curve.ts";

const LIMBS = 9;
const BITS = 29n;
const TOP_BITS = 24n;
const MASK = `0x${((1n << BITS) - 1n).toString(16)}`;
const TOP_MASK = `0x${((1n << TOP_BITS) - 1n).toString(16)}`;
const COLUMNS = 2 * LIMBS - 1;
/** 2^261 mod p is 2^37 plus this. */
const FOLD = 31264n;

if ((2n ** 261n - 2n ** 37n - FOLD) % P !== 0n) throw new Error("2^261 folds otherwise");

const LIMB_INDEXES = Array.from({ length: LIMBS }, (_, index) => index);
const LOW_INDEXES = LIMB_INDEXES.slice(0, -1);
/** Byte offsets of the u64 words that hold an element. */
const WORDS = [0, 8, 16, 24, 32];

/** The limbs of a value below 2^261. */
export function limbsOf(value: bigint): bigint[] {
  return LIMB_INDEXES.map((index) => {
    const rest = value >> (BITS * BigInt(index));
    return index < LIMBS - 1 ? rest & ((1n << BITS) - 1n) : rest;
  });
}

const P_LIMBS = limbsOf(P);

const hex = (value: bigint) => `0x${value.toString(16)}`;

/** Statements that load an element into the locals `a0` to `a8`. */
const load = (name: string) =>
  LIMB_INDEXES.map((i) => `  const ${name}${i}: u64 = i64.load32_u(${name}, ${4 * i});\n`).join("");

/** Statements for `to0` to `to7` (`to8` too where asked): a factor times the limbs of `from`. */
const scale = (to: string, factor: number, from: string, indexes: readonly number[]) =>
  indexes.map((i) => `  const ${to}${i}: u64 = ${from}${i} * ${factor};\n`).join("");

type Column = (column: number) => string;

/** Pairs of limb indexes that meet in a column. */
const pairsOf = (column: number) =>
  LIMB_INDEXES.map((i) => [i, column - i] as const).filter(([, j]) => j >= 0 && j < LIMBS);

const productColumn = (a: string, b: string): Column => (column) =>
  pairsOf(column)
    .map(([i, j]) => `${a}${i} * ${b}${j}`)
    .join(" + ");

/** Of a square: `once` on the diagonal, `twice` for the pairs that occur in both orders. */
const squareColumn = (a: string, once: string, twice: string): Column => (column) =>
  pairsOf(column)
    .filter(([i, j]) => i <= j)
    .map(([i, j]) => `${i === j ? once : twice}${i} * ${a}${j}`)
    .join(" + ");

/** 8p - n, limb by limb, where n has magnitude 7 at most; nothing above column 8. */
const negatedColumn = (n: string): Column => (column) =>
  column < LIMBS ? `${8n * (P_LIMBS[column] as bigint)} - ${n}${column}` : "";

const largestLimb = (index: number) =>
  index < LIMBS - 1 ? (1n << BITS) + (1n << 15n) : 1n << TOP_BITS;

/**
 * A multiple of p whose column k is at least 5/4 of the largest column of a product of magnitude 1,
 * made a multiple in the low columns, where that costs less than a limb.
 */
function paddingColumns(): bigint[] {
  const columns = Array.from({ length: COLUMNS }, (_, column) => {
    let largest = 0n;
    for (const [i, j] of pairsOf(column)) largest += largestLimb(i) * largestLimb(j);
    return (largest * 5n) / 4n;
  });
  const value = () => columns.reduce((sum, c, k) => sum + (c << (BITS * BigInt(k))), 0n);
  const missing = limbsOf((P - (value() % P)) % P);
  for (const [index, limb] of missing.entries()) columns[index] = (columns[index] as bigint) + limb;
  if (value() % P !== 0n) throw new Error("the padding is no multiple of p");
  return columns;
}

const PADDING = paddingColumns();

const minusColumn = (subtracted: Column): Column => (column) =>
  `(${PADDING[column]} - (${subtracted(column)}))`;

const sum = (...columns: readonly Column[]): Column => (column) =>
  columns
    .map((term) => term(column))
    .filter((term) => term !== "")
    .join(" + ");

/** Statements that reduce the columns and store the result at `r`. */
function reduce(column: Column): string {
  const lines = ["let low: u64 = 0, high: u64 = 0, limb: u64 = 0, previous: u64 = 0;"];
  for (const k of LOW_INDEXES) {
    lines.push(
      `high ${k ? "+=" : "="} ${column(LIMBS + k)};`,
      `limb = high & ${MASK}; high >>= ${BITS};`,
      `low ${k ? "+=" : "="} ${column(k)} + limb * ${FOLD}${k ? " + (previous << 8)" : ""};`,
      `let r${k}: u64 = low & ${MASK}; low >>= ${BITS}; previous = limb;`,
    );
  }
  lines.push(
    `low += ${column(LIMBS - 1)} + high * ${FOLD} + (previous << 8);`,
    `const r8: u64 = low & ${TOP_MASK}; low = (low >> ${TOP_BITS}) + (high << 13);`,
    `high = low * 977 + r0; r0 = high & ${MASK};`,
    `high = (high >> ${BITS}) + r1 + (low << 3); r1 = high & ${MASK}; r2 += high >> ${BITS};`,
    ...WORDS.map((offset, i) =>
      i < 4
        ? `store<u64>(r, r${2 * i} | (r${2 * i + 1} << 32), ${offset});`
        : `store<u64>(r, r8, ${offset});`,
    ),
  );
  return lines.map((line) => `  ${line}\n`).join("");
}

function define(name: string, operands: readonly string[], body: string): string {
  const parameters = ["r", ...operands].map((operand) => `${operand}: usize`).join(", ");
  return `export function ${name}(${parameters}): void {\n${body}}\n`;
}

function productFunctions(): string[] {
  const square = load("a") + scale("d", 2, "a", LOW_INDEXES);
  const squareN = load("n") + scale("d", 2, "n", LOW_INDEXES);
  const triple = load("a") + scale("t", 3, "a", LIMB_INDEXES) + scale("d", 6, "a", LOW_INDEXES);
  const ab = productColumn("a", "b");
  const aa = squareColumn("a", "a", "d");
  const minusN = negatedColumn("n");
  const minusNn = minusColumn(squareColumn("n", "n", "d"));
  const minusCd = minusColumn(productColumn("c", "d"));
  return [
    define("feMul", ["a", "b"], load("a") + load("b") + reduce(ab)),
    define("feSqr", ["a"], square + reduce(aa)),
    // 3·a², of magnitude 1
    define("feSqrTriple", ["a"], triple + reduce(squareColumn("a", "t", "d"))),
    // a·b - n and a² - n, n of magnitude 7 at most
    define("feMulSub", ["a", "b", "n"], load("a") + load("b") + load("n") + reduce(sum(ab, minusN))),
    define("feSqrSub", ["a", "n"], square + load("n") + reduce(sum(aa, minusN))),
    // a·b - n² and a·b - c·d, what is subtracted of magnitude 1
    define("feMulSubSqr", ["a", "b", "n"], load("a") + load("b") + squareN + reduce(sum(ab, minusNn))),
    define(
      "feMulSubMul",
      ["a", "b", "c", "d"],
      ["a", "b", "c", "d"].map(load).join("") + reduce(sum(ab, minusCd)),
    ),
  ];
}

/** m·p as it lies in memory, two limbs to the word. */
const packedMultiple = (m: bigint) =>
  WORDS.map((_, i) => {
    const [low, high] = [P_LIMBS[2 * i] as bigint, P_LIMBS[2 * i + 1] ?? 0n];
    return hex((m * low) | ((m * high) << 32n));
  });

type WordExpression = (offset: number, index: number) => string;

function defineByWords(name: string, operands: readonly string[], word: WordExpression): string {
  const body = WORDS.map((offset, i) => `  store<u64>(r, ${word(offset, i)}, ${offset});\n`).join("");
  return `@inline\n${define(name, operands, body)}`;
}

function linearFunctions(): string[] {
  const at = (name: string, offset: number) => `load<u64>(${name}, ${offset})`;
  const twoP = packedMultiple(2n);
  return [
    defineByWords("feCopy", ["a"], (offset) => at("a", offset)),
    defineByWords("feAdd", ["a", "b"], (offset) => `${at("a", offset)} + ${at("b", offset)}`),
    // a + 2·b
    defineByWords("feAddTwice", ["a", "b"], (o) => `${at("a", o)} + (${at("b", o)} << 1)`),
    // -a and a - b, the operand subtracted of magnitude 1; the difference adds 2 to that of a
    defineByWords("feNeg", ["a"], (offset, i) => `${twoP[i]} - ${at("a", offset)}`),
    defineByWords("feSub", ["a", "b"], (o, i) => `${at("a", o)} + (${twoP[i]} - ${at("b", o)})`),
  ];
}

/**
 * a/2 for a of magnitude 3 at most: an odd a becomes even by p, then each limb takes a bit of the
 * next. Of magnitude m comes m/2 + 1.
 */
function halfFunction(): string {
  const once = packedMultiple(1n);
  const loads = WORDS.map((o, i) => `  const x${i}: u64 = load<u64>(a, ${o}) + (odd & ${once[i]});\n`);
  const stores = WORDS.map((offset, i) => {
    const within = `((x${i} >> 1) & 0x7fffffff7fffffff) + (((x${i} >> 32) & 1) << 28)`;
    const fromNext = i < WORDS.length - 1 ? ` + ((x${i + 1} & 1) << 60)` : "";
    return `  store<u64>(r, ${within}${fromNext}, ${offset});\n`;
  });
  const odd = "  const odd: u64 = 0 - (load<u64>(a) & 1);\n";
  return define("feHalf", ["a"], odd + loads.join("") + stores.join(""));
}

export function generate(): string {
  return [...productFunctions(), ...linearFunctions(), halfFunction()].join("\n");
}
