/**
 * JH-512 of 64 bytes, bit-sliced: eight vectors, of which `even[b]` and `odd[b]` hold bit b (0 is
 * the most significant) of the 4-bit elements with even and with odd index.
 *
 * In this form the permutation of a round moves nothing: only the odd elements are swapped, at a
 * distance that doubles from round to round and returns after seven. So a constant has to be
 * applied to the slot where its element is in that round, which is found by following the
 * permutation.
 * @source "The Hash Function JH", Hongjun Wu, 2011 (final round): S-boxes, linear transform L,
 *   permutation, E8, initial value, padding, bit-slice implementation
 * @module
 */
import assert from "node:assert/strict";
import { assertCircuit, type Bits, type Gates, vectorGates } from "./gates.ts";
import { LAYOUT } from "./memory-layout.ts";
import { type FunctionWriter, SourceWriter } from "./source-writer.ts";
import { and, load, or, shuffle32, swapPairs16, xor } from "./vectors.ts";
import { integerSquareRoot, range } from "./words.ts";

const ROUNDS = 42;
const ROUNDS_UNROLLED = 7;
const STATE = LAYOUT.SCRATCH;

const S_BOXES = [
  [9, 0, 4, 11, 13, 12, 3, 15, 1, 10, 2, 6, 7, 5, 8, 14],
  [3, 12, 6, 13, 5, 7, 1, 9, 15, 2, 0, 4, 11, 10, 14, 8],
] as const;

/** Both S-boxes at once: the bit `constant` chooses. Bit 0 is the most significant. */
function sBox<Wire>(gates: Gates<Wire>, bits: Bits<Wire>, constant: Wire): Bits<Wire> {
  const { xor: add, and: both, or: either, andNot: without } = gates;
  let [m0, m1, m2, m3] = bits;
  m3 = gates.not(m3);
  m0 = add(m0, without(constant, m2));
  const t = add(constant, both(m0, m1));
  m0 = add(m0, both(m2, m3));
  m3 = add(m3, without(m2, m1));
  m1 = add(m1, both(m0, m2));
  m2 = add(m2, without(m0, m3));
  m0 = add(m0, either(m1, m3));
  m3 = add(m3, both(m1, m2));
  m1 = add(m1, both(t, m0));
  m2 = add(m2, t);
  return [m0, m1, m2, m3];
}

for (const choice of [0, 1] as const) {
  assertCircuit((gates, [b0, b1, b2, b3]) => {
    const [m0, m1, m2, m3] = sBox(gates, [b3, b2, b1, b0], choice);
    return [m3, m2, m1, m0];
  }, S_BOXES[choice]);
}

/** P of dimension d: place i takes the element at `permutation(d)[i]`. It is π, then P', then φ. */
function permutation(dimension: number): number[] {
  const size = 1 << dimension;
  const swapOdd = (i: number): number => (i & 2 ? i ^ 1 : i);
  const gather = (i: number): number => (i < size / 2 ? 2 * i : 2 * (i - size / 2) + 1);
  const swapUpper = (i: number): number => (i < size / 2 ? i : i ^ 1);
  return range(size).map((i) => swapOdd(gather(swapUpper(i))));
}

/**
 * R of dimension 6 with constants of zero: how the constants of a round come from the one before.
 */
function nextConstant(elements: readonly number[]): number[] {
  const double = (a: number): number => ((a << 1) ^ (a & 8 ? 0x13 : 0)) & 15;
  const substituted = elements.map((element) => S_BOXES[0][element] ?? 0);
  const mixed = range(substituted.length / 2).flatMap((pair) => {
    const [a = 0, b = 0] = substituted.slice(2 * pair, 2 * pair + 2);
    const d = b ^ double(a);
    return [a ^ double(d), d];
  });
  return permutation(6).map((from) => mixed[from] ?? 0);
}

/** For each round two vectors, for the even and the odd elements, as 32-bit words. */
function slicedConstants(): number[] {
  const fraction = integerSquareRoot(2n << 512n);
  let constant = range(64).map((i) => Number((fraction >> BigInt(252 - 4 * i)) & 15n));
  const home = range(256).map((i) => ({ odd: i % 2, place: i >> 1 }));
  let slots = home;
  const words: number[] = [];
  for (const round of range(ROUNDS)) {
    const vectors = [new Uint8Array(16), new Uint8Array(16)];
    slots.forEach(({ odd, place }, i) => {
      assert(odd === i % 2 && place === slots[i ^ 1]?.place, "a pair shares its place");
      const bit = ((constant[i >> 2] ?? 0) >> (3 - (i & 3))) & 1;
      const vector = vectors[odd] ?? new Uint8Array();
      vector[place >> 3] = (vector[place >> 3] ?? 0) | (bit * (0x80 >> (place & 7)));
    });
    for (const vector of vectors) words.push(...new Uint32Array(vector.buffer));
    const distance = 1 << (round % 7);
    const moved = slots.map(({ odd, place }) => ({ odd, place: odd ? place ^ distance : place }));
    slots = permutation(8).map((from) => moved[from] ?? { odd: 0, place: 0 });
    constant = nextConstant(constant);
  }
  assert.deepEqual(slots, home, "after all rounds every element is home");
  return words;
}

/** Swap neighbours at a distance of 2^power places, in the order of a vector's bits. */
function swapPlaces(writer: FunctionWriter, a: string, power: number): string {
  const maskedSwap = (bits: number, upper: number): string => {
    const left = bits === 1 ? `i64x2.add(${a}, ${a})` : `i64x2.shl(${a}, ${bits})`;
    const down = and(`i64x2.shr_u(${a}, ${bits})`, writer.repeated(8, upper ^ 0xff));
    return or(down, and(left, writer.repeated(8, upper)));
  };
  const swaps = [
    () => maskedSwap(1, 0xaa),
    () => maskedSwap(2, 0xcc),
    () => maskedSwap(4, 0xf0),
    () => or(`i16x8.shl(${a}, 8)`, `i16x8.shr_u(${a}, 8)`),
    () => swapPairs16(a),
    () => shuffle32(a, a, [1, 0, 3, 2]),
    () => shuffle32(a, a, [2, 3, 0, 1]),
  ];
  return writer.v128(swaps[power]?.() ?? "");
}

/** One round on the slices of the even and of the odd elements. */
function slicedRound(
  writer: FunctionWriter,
  slices: { readonly even: Bits<string>; readonly odd: Bits<string> },
  round: number,
): { even: Bits<string>; odd: Bits<string> } {
  const gates = vectorGates(writer);
  const constant = (half: number): string =>
    writer.v128(load("JH_CONSTANTS + round", 32 * round + 16 * half));
  let a = sBox(gates, slices.even, constant(0));
  let b = sBox(gates, slices.odd, constant(1));
  b = mixInto(writer, b, a);
  a = mixInto(writer, a, b);
  const [b0, b1, b2, b3] = b;
  const swap = (slice: string): string => swapPlaces(writer, slice, round);
  return { even: a, odd: [swap(b0), swap(b1), swap(b2), swap(b3)] };
}

/** L: add twice `from`, in the field of sixteen elements modulo x^4 + x + 1. */
function mixInto(writer: FunctionWriter, to: Bits<string>, from: Bits<string>): Bits<string> {
  return [
    writer.v128(xor(to[0], from[1])),
    writer.v128(xor(to[1], from[2])),
    writer.v128(xor(to[2], from[3], from[0])),
    writer.v128(xor(to[3], from[0])),
  ];
}

export function generate(): string {
  const source = new SourceWriter();
  source.table("JH_CONSTANTS", "u32", slicedConstants());
  source.zeros("INITIAL", 128);
  source.function("permuteE8(state: usize)", permuteE8);
  // The initial value is E8 of the digest's length, 512, as a big-endian number in two bytes.
  source.function("prepareJh()", (writer) => {
    writer.line("store<u8>(INITIAL, 2);");
    writer.line("permuteE8(INITIAL);");
  });
  source.function("jh(digest: usize)", hash);
  return source.text();
}

function permuteE8(writer: FunctionWriter): void {
  const names = range(8).map((index) => `s${index}`);
  // In memory the halves of a bit alternate: bit 0 of the even ones, of the odd ones, bit 1 …
  const offset = (index: number): number => 32 * (index % 4) + 16 * (index >> 2);
  const loads = names.map((_, index) => load("state", offset(index)));
  writer.variables("v128", names, loads);
  const turn = 32 * ROUNDS_UNROLLED;
  writer.block(`for (let round: usize = 0; round < ${32 * ROUNDS}; round += ${turn})`, () => {
    let slices: { even: Bits<string>; odd: Bits<string> } = {
      even: ["s0", "s1", "s2", "s3"],
      odd: ["s4", "s5", "s6", "s7"],
    };
    for (const round of range(ROUNDS_UNROLLED)) slices = slicedRound(writer, slices, round);
    writer.assign(names, [...slices.even, ...slices.odd]);
  });
  names.forEach((name, index) => {
    writer.store("v128", "state", name, offset(index));
  });
}

/**
 * Two blocks, message and padding, each xored to the first half before E8 and to the second after.
 */
function hash(writer: FunctionWriter): void {
  const message = range(4).map((index) => writer.v128(load("digest", 16 * index)));
  const at = (index: number): string => load(STATE, 16 * index);
  message.forEach((word, index) => {
    writer.store("v128", "0", xor(load("INITIAL", 16 * index), word), STATE + 16 * index);
  });
  for (const index of range(4)) {
    writer.store("v128", "0", load("INITIAL", 64 + 16 * index), STATE + 64 + 16 * index);
  }
  writer.line(`permuteE8(${STATE});`);
  message.forEach((word, index) => {
    writer.store("v128", "0", xor(at(4 + index), word), STATE + 64 + 16 * index);
  });
  xorPadding(writer, STATE);
  writer.line(`permuteE8(${STATE});`);
  xorPadding(writer, STATE + 64);
  for (const index of range(4)) writer.store("v128", "digest", at(4 + index), 16 * index);
}

/** The block of padding: a one, and the length of 512 bits as a big-endian number. */
function xorPadding(writer: FunctionWriter, address: number): void {
  writer.line(`store<u8>(${address}, load<u8>(${address}) ^ 0x80);`);
  writer.line(`store<u8>(${address + 62}, load<u8>(${address + 62}) ^ 2);`);
}
