/**
 * The field of 256 elements and the S-box of AES, on which Groestl, SHAvite-3, ECHO and Fugue
 * stand.
 * @source FIPS 197: 4.2 (multiplication modulo x^8 + x^4 + x^3 + x + 1), 5.1.1 (SubBytes)
 * @module
 */
import assert from "node:assert/strict";
import { SourceWriter } from "./source-writer.ts";
import { range } from "./words.ts";

const double = (a: number): number => ((a << 1) ^ (a & 0x80 ? 0x11b : 0)) & 255;

function multiply(a: number, b: number): number {
  let product = 0;
  for (let power = a, rest = b; rest > 0; rest >>= 1, power = double(power)) {
    if (rest & 1) product ^= power;
  }
  return product;
}

/** Inverse in the field (of zero: zero), then an affine map over bits. */
const S_BOX = range(256).map((a) => {
  const inverse = a === 0 ? 0 : range(256).findIndex((b) => multiply(a, b) === 1);
  const bit = (index: number): number => (inverse >> (index % 8)) & 1;
  return range(8)
    .map((i) => (bit(i) ^ bit(i + 4) ^ bit(i + 5) ^ bit(i + 6) ^ bit(i + 7)) << i)
    .reduce((sum, value) => sum ^ value, 0x63);
});
assert.deepEqual([S_BOX[0], S_BOX[0x53]], [0x63, 0xed]);

/** `S_BOX`, a table of bytes, and `double`, the multiplication by x. */
export function generate(): string {
  const source = new SourceWriter();
  source.table("S_BOX", "u8", S_BOX);
  source.line("export { S_BOX };");
  source.line("export function double(a: u32): u32 {");
  source.line("  return ((a << 1) ^ (0x1b & (0 - (a >> 7)))) & 255;");
  source.line("}");
  return source.text();
}

/**
 * A small multiple of the S-box's value as an expression, where `s`, `s2` and `s4` hold one, two
 * and four times it.
 */
export function multiple(factor: number): string {
  const terms = [
    [4, "s4"],
    [2, "s2"],
    [1, "s"],
  ] as const;
  const names = terms.filter(([bit]) => factor & bit).map(([, name]) => name);
  return names.length === 0 ? "0" : `(${names.join(" ^ ")})`;
}
