import assert from "node:assert/strict";
import type { FunctionWriter } from "./source-writer.ts";
import { and, andNot, not, or, xor } from "./vectors.ts";
import { range } from "./words.ts";

/**
 * What the circuits of bit-sliced S-boxes are made of: on numbers, bit by bit, a circuit is checked
 * against its table while generating; on vectors, 128 bits at once, it is written.
 */
export interface Gates<Wire> {
  readonly xor: (a: Wire, b: Wire) => Wire;
  readonly and: (a: Wire, b: Wire) => Wire;
  readonly or: (a: Wire, b: Wire) => Wire;
  /** `a` where `b` has no bit. */
  readonly andNot: (a: Wire, b: Wire) => Wire;
  readonly not: (a: Wire) => Wire;
}

/** Four wires, the bits of an element; which one is the most significant, the circuit says. */
export type Bits<Wire> = readonly [Wire, Wire, Wire, Wire];

const NUMBER_GATES: Gates<number> = {
  xor: (a, b) => a ^ b,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  andNot: (a, b) => a & (b ^ 1),
  not: (a) => a ^ 1,
};

export const vectorGates = (writer: FunctionWriter): Gates<string> => ({
  xor: (a, b) => writer.v128(xor(a, b)),
  and: (a, b) => writer.v128(and(a, b)),
  or: (a, b) => writer.v128(or(a, b)),
  andNot: (a, b) => writer.v128(andNot(a, b)),
  not: (a) => writer.v128(not(a)),
});

/** @throws AssertionError unless the circuit, least significant bit first, computes the table */
export function assertCircuit(
  circuit: (gates: Gates<number>, bits: Bits<number>) => Bits<number>,
  table: readonly number[],
): void {
  const computed = range(16).map((value) => {
    const bits = circuit(NUMBER_GATES, [value & 1, (value >> 1) & 1, (value >> 2) & 1, value >> 3]);
    return bits.reduce((sum, bit, at) => sum | (bit << at), 0);
  });
  assert.deepEqual(computed, table, "a circuit is not its table");
}
