/**
 * Inverse modulo an odd number by divsteps, thirty at a time: variable time, public data only.
 *
 * (f, g) starts as (modulus, a). A division step halves: g even, (f, g/2); g odd, (f, (g + f)/2) or,
 * when delta > 0, (g, (g - f)/2) with delta negated; delta grows by one each time. Thirty steps
 * depend on the low thirty bits alone and are one 2×2 matrix of small integers, which is then applied to the
 * whole of (f, g), divided by 2^30, and modulo the modulus to (d, e), which keep
 * d·a = f and e·a = g. When g is 0, f is ±gcd, and d is ± the inverse. Runs of zeros are shifted out
 * at once, and up to ten low bits of g are cleared by one multiple of f.
 *
 * A number is `limbs` signed limbs of thirty bits, least first, of which the top one holds the sign.
 *
 * @source Bernstein, Yang: Fast constant-time gcd computation and modular inversion, CHES 2019;
 * signed limbs and the range of (d, e) after Pornin and Wuille, doc/safegcd_implementation.md of
 * bitcoin-core/secp256k1
 * @module
 */

const LIMB_BITS: u32 = 30;
const LIMB_MASK: i64 = 0x3fffffff;

/** A modulus lies in memory as: number of limbs, 1/modulus mod 2^30, limbs. All i32. */
const AT_LIMBS: usize = 8;

/** The matrix of thirty steps, times 2^30: (f, g) becomes (uf + vg, qf + rg). */
let u: i64 = 0;
let v: i64 = 0;
let q: i64 = 0;
let r: i64 = 0;

/**
 * 1/a modulo the modulus, which is coprime to a; 0 for 0. `a` and `result`: u32 words, as many as
 * fit the limbs (8 of 9, 96 of 103), a below the modulus.
 */
export function modularInverse(result: usize, a: usize, modulus: usize, work: usize): void {
  const bytes = <usize>load<u32>(modulus) << 2;
  const inverse = load<i32>(modulus, 4);
  const m = modulus + AT_LIMBS;
  const f = work, g = f + bytes, d = g + bytes, e = d + bytes;
  memory.copy(f, m, bytes);
  wordsToLimbs(g, a, bytes);
  memory.fill(d, 0, bytes << 1);
  store<i32>(e, 1);
  let eta: i32 = -1;
  do {
    eta = thirtySteps(eta, lowWord(f), lowWord(g));
    applyModulo(d, m, inverse, bytes);
    applyExactly(f, bytes);
  } while (!isZero(g, bytes));
  // d lies in (-2m, m); f is 1 or -1 and gives the sign
  if (isNegative(d, bytes)) add(d, m, bytes);
  if (isNegative(f, bytes)) negate(d, bytes);
  if (isNegative(d, bytes)) add(d, m, bytes);
  limbsToWords(result, d, bytes);
}

@inline
function lowWord(a: usize): i32 {
  return load<i32>(a) | (load<i32>(a, 4) << LIMB_BITS);
}

/** Thirty steps on the low words, into the matrix. @returns eta, which is -delta, after them */
function thirtySteps(before: i32, fLow: i32, gLow: i32): i32 {
  let eta = before, f = fLow, g = gLow, left: i32 = LIMB_BITS;
  let uu: i32 = 1, vv: i32 = 0, qq: i32 = 0, rr: i32 = 1;
  while (true) {
    const zeros = ctz(g | (-1 << left));
    g >>= zeros;
    uu <<= zeros;
    vv <<= zeros;
    eta -= zeros;
    left -= zeros;
    if (left == 0) break;
    if (eta < 0) {
      eta = -eta;
      let swap = f;
      f = g;
      g = -swap;
      swap = uu;
      uu = qq;
      qq = -swap;
      swap = vv;
      vv = rr;
      rr = -swap;
    }
    // 1/f modulo 2^10: three bits by f·3 xor 2, twice as many and more by one Newton step
    const bits = min(min(eta + 1, left), 10);
    let inverse = (f * 3) ^ 2;
    inverse *= 2 - f * inverse;
    const multiple = -(g * inverse) & ((1 << bits) - 1);
    g += f * multiple;
    qq += uu * multiple;
    rr += vv * multiple;
  }
  u = uu;
  v = vv;
  q = qq;
  r = rr;
  return eta;
}

/** (f, g) times the matrix, over 2^30: the low limbs vanish. g lies `bytes` after f. */
function applyExactly(f: usize, bytes: usize): void {
  const g = f + bytes;
  let carryF = (u * load<i32>(f) + v * load<i32>(g)) >> LIMB_BITS;
  let carryG = (q * load<i32>(f) + r * load<i32>(g)) >> LIMB_BITS;
  for (let at: usize = 4; at < bytes; at += 4) {
    const fLimb: i64 = load<i32>(f + at), gLimb: i64 = load<i32>(g + at);
    carryF += u * fLimb + v * gLimb;
    carryG += q * fLimb + r * gLimb;
    store<i32>(f + at - 4, <i32>(carryF & LIMB_MASK));
    store<i32>(g + at - 4, <i32>(carryG & LIMB_MASK));
    carryF >>= LIMB_BITS;
    carryG >>= LIMB_BITS;
  }
  store<i32>(f + bytes - 4, <i32>carryF);
  store<i32>(g + bytes - 4, <i32>carryG);
}

/**
 * (d, e) times the matrix, over 2^30 modulo m: such multiples of m are added that the low limbs
 * vanish, chosen so that both stay in (-2m, m). e lies `bytes` after d.
 */
function applyModulo(d: usize, m: usize, inverse: i32, bytes: usize): void {
  const e = d + bytes;
  const signD: i64 = load<i32>(d + bytes - 4) >> 31, signE: i64 = load<i32>(e + bytes - 4) >> 31;
  let carryD = u * load<i32>(d) + v * load<i32>(e);
  let carryE = q * load<i32>(d) + r * load<i32>(e);
  let timesD = (u & signD) + (v & signE), timesE = (q & signD) + (r & signE);
  timesD -= (carryD * inverse + timesD) & LIMB_MASK;
  timesE -= (carryE * inverse + timesE) & LIMB_MASK;
  carryD = (carryD + timesD * load<i32>(m)) >> LIMB_BITS;
  carryE = (carryE + timesE * load<i32>(m)) >> LIMB_BITS;
  for (let at: usize = 4; at < bytes; at += 4) {
    const dLimb: i64 = load<i32>(d + at), eLimb: i64 = load<i32>(e + at), mLimb: i64 = load<i32>(m + at);
    carryD += u * dLimb + v * eLimb + timesD * mLimb;
    carryE += q * dLimb + r * eLimb + timesE * mLimb;
    store<i32>(d + at - 4, <i32>(carryD & LIMB_MASK));
    store<i32>(e + at - 4, <i32>(carryE & LIMB_MASK));
    carryD >>= LIMB_BITS;
    carryE >>= LIMB_BITS;
  }
  store<i32>(d + bytes - 4, <i32>carryD);
  store<i32>(e + bytes - 4, <i32>carryE);
}

function isZero(a: usize, bytes: usize): bool {
  let any: i32 = 0;
  for (let at: usize = 0; at < bytes; at += 4) any |= load<i32>(a + at);
  return any == 0;
}

@inline
function isNegative(a: usize, bytes: usize): bool {
  return load<i32>(a + bytes - 4) < 0;
}

function add(a: usize, b: usize, bytes: usize): void {
  let carry: i64 = 0;
  for (let at: usize = 0; at < bytes; at += 4) {
    carry += <i64>load<i32>(a + at) + <i64>load<i32>(b + at);
    carry = storeLimb(a + at, carry, at + 4 == bytes);
  }
}

function negate(a: usize, bytes: usize): void {
  let carry: i64 = 0;
  for (let at: usize = 0; at < bytes; at += 4) {
    carry -= <i64>load<i32>(a + at);
    carry = storeLimb(a + at, carry, at + 4 == bytes);
  }
}

/** Store the low thirty bits, or all where the limb holds the sign. @returns the rest */
@inline
function storeLimb(at: usize, value: i64, isTop: bool): i64 {
  store<i32>(at, <i32>(isTop ? value : value & LIMB_MASK));
  return value >> LIMB_BITS;
}

function wordsToLimbs(limbs: usize, words: usize, bytes: usize): void {
  let buffer: u64 = 0;
  let bits: u32 = 0;
  let from = words;
  const end = words + wordBytes(bytes);
  for (let at: usize = 0; at < bytes; at += 4) {
    if (bits < LIMB_BITS && from < end) {
      buffer |= <u64>load<u32>(from) << bits;
      from += 4;
      bits += 32;
    }
    store<i32>(limbs + at, <i32>(buffer & LIMB_MASK));
    buffer >>= LIMB_BITS;
    bits = bits < LIMB_BITS ? 0 : bits - LIMB_BITS;
  }
}

function limbsToWords(words: usize, limbs: usize, bytes: usize): void {
  let buffer: u64 = 0;
  let bits: u32 = 0;
  let to = words;
  const end = words + wordBytes(bytes);
  for (let at: usize = 0; at < bytes; at += 4) {
    buffer |= <u64>load<u32>(limbs + at) << bits;
    bits += LIMB_BITS;
    if (bits < 32) continue;
    if (to < end) store<u32>(to, <u32>buffer);
    to += 4;
    buffer >>= 32;
    bits -= 32;
  }
}

/** Bytes of the whole words that so many bytes of limbs hold. */
@inline
function wordBytes(limbBytes: usize): usize {
  return ((limbBytes >> 2) * LIMB_BITS >> 5) << 2;
}
