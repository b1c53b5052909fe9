/**
 * Keccak-512 of 64 bytes, with the padding of the competition (0x01), not that of SHA-3 (0x06).
 * @source "The Keccak reference", Bertoni, Daemen, Peeters, Van Assche, version 3.0: θ, ρ, π, χ, ι,
 *   the sponge and its padding
 * @module
 */
import assert from "node:assert/strict";
import { type FunctionWriter, SourceWriter } from "./source-writer.ts";
import { literal, range } from "./words.ts";

const ROUNDS = 24;

/** The rate is 72 bytes: the message, and a word of padding with its first and last bit. */
const PADDING = literal((1n << 63n) | 1n);

/** ι: bits 2^j − 1 of a constant come from a shift register, x^8 + x^6 + x^5 + x^4 + 1. */
function roundConstants(): bigint[] {
  let register = 1;
  return range(ROUNDS).map(() => {
    let constant = 0n;
    for (const power of range(7)) {
      if (register & 1) constant |= 1n << BigInt((1 << power) - 1);
      register = (register << 1) ^ (register & 0x80 ? 0x171 : 0);
    }
    return constant;
  });
}

/** ρ: triangular numbers along the orbit of (1, 0) under π. Lane (x, y) has the index x + 5y. */
function rotations(): number[] {
  const bits = Array<number>(25).fill(0);
  let [x, y] = [1, 0];
  for (const step of range(24)) {
    bits[x + 5 * y] = (((step + 1) * (step + 2)) / 2) % 64;
    [x, y] = [y, (2 * x + 3 * y) % 5];
  }
  return bits;
}

const ROTATIONS = rotations();

export function generate(): string {
  const constants = roundConstants();
  assert.equal(constants[1], 0x8082n);
  const source = new SourceWriter();
  source.table("ROUND_CONSTANTS", "u64", constants);
  source.function("keccak(digest: usize)", (writer) => {
    const lanes = range(25).map((index) => `a${index}`);
    const message = range(8).map((index) => `load<u64>(digest, ${8 * index})`);
    writer.variables("u64", lanes, [...message, PADDING, ...Array<string>(16).fill("0")]);
    writer.block(`for (let round: usize = 0; round < ${8 * ROUNDS}; round += 16)`, () => {
      const after = keccakRound(writer, lanes, "load<u64>(ROUND_CONSTANTS + round, 0)");
      writer.assign(lanes, keccakRound(writer, after, "load<u64>(ROUND_CONSTANTS + round, 8)"));
    });
    for (const index of range(8)) writer.store("u64", "digest", `a${index}`, 8 * index);
  });
  return source.text();
}

function keccakRound(writer: FunctionWriter, a: readonly string[], constant: string): string[] {
  const parities = range(5).map((x) =>
    writer.u64(
      range(5)
        .map((y) => a[x + 5 * y])
        .join(" ^ "),
    ),
  );
  const theta = range(5).map((x) =>
    writer.u64(`${parities[(x + 4) % 5]} ^ rotl(${parities[(x + 1) % 5]}, 1)`),
  );
  const b = Array<string>(25).fill("");
  for (const x of range(5)) {
    for (const y of range(5)) {
      const sum = `${a[x + 5 * y]} ^ ${theta[x]}`;
      const bits = ROTATIONS[x + 5 * y] ?? 0;
      b[y + 5 * ((2 * x + 3 * y) % 5)] = writer.u64(bits === 0 ? sum : `rotl(${sum}, ${bits})`);
    }
  }
  return range(25).map((index) => {
    const [x, row] = [index % 5, index - (index % 5)];
    const chi = `${b[index]} ^ (~${b[row + ((x + 1) % 5)]} & ${b[row + ((x + 2) % 5)]})`;
    return writer.u64(index === 0 ? `${chi} ^ ${constant}` : chi);
  });
}
