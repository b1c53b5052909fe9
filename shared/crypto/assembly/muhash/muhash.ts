/**
 * MuHash3072: the hash of a set as a product of numbers, one for each element.
 *
 * A caller keeps products in the form of `number.ts`, lends them here, and takes them back.
 * @source Bellare, Micciancio: A New Paradigm for Collision-Free Hashing, EUROCRYPT 1997; MuHash3072
 * of bitcoin/bitcoin, src/crypto/muhash.cpp
 * @module
 */
import { keystream } from "./keystream";
import { fromValue, invert, multiply, toValue } from "./number";

/** The product at work, 448 bytes; and a second one. */
export const product: usize = memory.data(448, 16);
export const other: usize = memory.data(448, 16);
/** A value of 384 little-endian bytes, in and out; keys of elements go to its first 32. */
export const value: usize = memory.data(512, 16);

const element = memory.data(448, 16);
const key = memory.data(32, 16);

/** product *= the element with the key at `value`. */
export function multiplyElement(): void {
  memory.copy(key, value, 32);
  keystream(value, key);
  fromValue(element, value);
  multiply(product, product, element);
}

/** product *= other */
export function multiplyOther(): void {
  multiply(product, product, other);
}

/** product /= other, which is not 0 modulo the prime */
export function divideByOther(): void {
  invert(other, other);
  multiply(product, product, other);
}

/** product = the number at `value` */
export function readValue(): void {
  fromValue(product, value);
}

/** `value` = product, below the prime */
export function writeValue(): void {
  toValue(value, product);
}
