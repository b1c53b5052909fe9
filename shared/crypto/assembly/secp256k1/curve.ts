/**
 * secp256k1 in BigInt: what is published, and what the assembly needs besides, derived from it and
 * checked when it is loaded. Runs at compilation only.
 * @source SEC 2 version 2, 2.4.1
 * @module
 */

/** Prime of the field: 2^256 - 2^32 - 977. */
export const P = 2n ** 256n - 2n ** 32n - 977n;

/** Order of the group of points, a prime. */
export const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

export interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

export const G: Point = {
  x: 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
  y: 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
};

export function modulo(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = modulo(base, modulus);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

const inverse = (value: bigint, prime: bigint) => power(value, prime - 2n, prime);

/** Sum of two points; `undefined` is the point at infinity. */
export function addPoints(a: Point | undefined, b: Point | undefined): Point | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  if (a.x === b.x && modulo(a.y + b.y, P) === 0n) return undefined;
  const slope =
    a.x === b.x ? 3n * a.x * a.x * inverse(2n * a.y, P) : (b.y - a.y) * inverse(b.x - a.x, P);
  const x = modulo(slope * slope - a.x - b.x, P);
  return { x, y: modulo(slope * (a.x - x) - a.y, P) };
}

export function multiplyPoint(scalar: bigint, point: Point): Point | undefined {
  let sum: Point | undefined;
  let double: Point | undefined = point;
  for (let rest = scalar; rest > 0n; rest >>= 1n) {
    if (rest & 1n) sum = addPoints(sum, double);
    double = addPoints(double, double);
  }
  return sum;
}

function check(holds: boolean, claim: string): void {
  if (!holds) throw new Error(`secp256k1: ${claim} does not hold`);
}

/** A cube root of one other than one. Both primes are 1 modulo 3, so there are two. */
function cubeRootOfOne(prime: bigint): bigint {
  for (let base = 2n; ; base++) {
    const root = power(base, (prime - 1n) / 3n, prime);
    if (root !== 1n) return root;
  }
}

/**
 * λ and β: λ·(x, y) = (β·x, y) for each point. Of the two roots mod n that one is taken whose
 * rounding constants (below) fit 256 bits; the other needs 257.
 * @source Gallant, Lambert, Vanstone: Faster Point Multiplication on Elliptic Curves with Efficient
 * Endomorphisms, CRYPTO 2001
 */
function endomorphism(): { readonly lambda: bigint; readonly beta: bigint } {
  const root = cubeRootOfOne(N);
  const other = (root * root) % N;
  const lambda = other < root ? other : root;
  const image = multiplyPoint(lambda, G);
  let beta = cubeRootOfOne(P);
  if ((beta * G.x) % P !== image?.x) beta = (beta * beta) % P;
  check((beta * G.x) % P === image?.x && G.y === image.y, "λ·G = (β·x, y)");
  return { lambda, beta };
}

export const { lambda: LAMBDA, beta: BETA } = endomorphism();

interface Vector {
  readonly a: bigint;
  readonly b: bigint;
}

const normOf = ({ a, b }: Vector) => a * a + b * b;

/**
 * Two short vectors of the lattice of all (a, b) with a + b·λ = 0 (mod n), oriented so that their
 * determinant is n: rows of the extended Euclidean algorithm about the square root of n.
 */
function shortBasis(): readonly [Vector, Vector] {
  const rows: Vector[] = [
    { a: N, b: 0n },
    { a: LAMBDA, b: -1n },
  ];
  let first = 0;
  for (let index = 1; (rows[index] as Vector).a !== 0n; index++) {
    const [upper, lower] = [rows[index - 1] as Vector, rows[index] as Vector];
    if (first === 0 && lower.a * lower.a < N) first = index;
    const quotient = upper.a / lower.a;
    rows.push({ a: upper.a - quotient * lower.a, b: upper.b - quotient * lower.b });
  }
  const one = rows[first] as Vector;
  const [before, after] = [rows[first - 1] as Vector, rows[first + 1] as Vector];
  const two = normOf(before) < normOf(after) ? before : after;
  const determinant = one.a * two.b - two.a * one.b;
  check(determinant === N || determinant === -N, "the determinant of the basis is ±n");
  return [determinant < 0n ? { a: -one.a, b: -one.b } : one, two];
}

/** Numerator·2^384 / n, rounded to the nearest. */
const scaledQuotient = (numerator: bigint) =>
  (2n * (numerator << 384n) + (numerator < 0n ? -N : N)) / (2n * N);

const magnitude = (value: bigint) => (value < 0n ? -value : value);
const WORD_160 = (1n << 160n) - 1n;

/**
 * Constants that split k into k1 + k2·λ with both below 2^129: with c_i = round(k·g_i / 2^384),
 * k1 = k + c_1·a_1 + c_2·a_2 and k2 = c_1·b_1 + c_2·b_2, all modulo 2^160 and signed. (k, 0) minus
 * the lattice point next to it is short; signs of g_i are moved into the vectors.
 */
function splitConstants() {
  const [one, two] = shortBasis();
  const [raw1, raw2] = [scaledQuotient(two.b), scaledQuotient(-one.b)];
  const [sign1, sign2] = [raw1 < 0n ? -1n : 1n, raw2 < 0n ? -1n : 1n];
  return {
    g1: magnitude(raw1),
    g2: magnitude(raw2),
    a1: (-one.a * sign1) & WORD_160,
    b1: (-one.b * sign1) & WORD_160,
    a2: (-two.a * sign2) & WORD_160,
    b2: (-two.b * sign2) & WORD_160,
  };
}

export const SPLIT = splitConstants();

/** The split as the assembly computes it. */
export function splitScalar(k: bigint): { readonly k1: bigint; readonly k2: bigint } {
  const c1 = (k * SPLIT.g1 + (1n << 383n)) >> 384n;
  const c2 = (k * SPLIT.g2 + (1n << 383n)) >> 384n;
  return {
    k1: BigInt.asIntN(160, k + c1 * SPLIT.a1 + c2 * SPLIT.a2),
    k2: BigInt.asIntN(160, c1 * SPLIT.b1 + c2 * SPLIT.b2),
  };
}

check((G.y * G.y - G.x ** 3n - 7n) % P === 0n, "G lies on y² = x³ + 7");
check(multiplyPoint(N, G) === undefined, "n·G is the point at infinity");
check(power(LAMBDA, 3n, N) === 1n && LAMBDA !== 1n, "λ³ = 1");
check(P - N > 0n && P < 2n * N, "at most two x have one residue mod n");
check(SPLIT.g1 >> 256n === 0n && SPLIT.g2 >> 256n === 0n, "rounding constants below 2^256");
for (const k of [0n, 1n, N - 1n, N / 2n, LAMBDA, N - LAMBDA, 0x123456789abcdefn ** 4n % N]) {
  const { k1, k2 } = splitScalar(k);
  check(modulo(k1 + k2 * LAMBDA - k, N) === 0n, `k1 + k2·λ = ${k}`);
  check(magnitude(k1) >> 129n === 0n && magnitude(k2) >> 129n === 0n, `short halves of ${k}`);
}
