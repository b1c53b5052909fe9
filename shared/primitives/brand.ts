/**
 * Nominal types. A brand exists only for the compiler: at run time an `Amount` is a bare bigint.
 * Brand a type when, and only when, two values of the same primitive can be swapped by mistake.
 * @module
 */
declare const brand: unique symbol;

/** A `T` that only a cast in this file makes. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Money in base units; one coin is 100_000_000. Always bigint: the premine exceeds 2^53. */
export type Amount = Brand<bigint, "Amount">;

/** Distance from genesis; genesis is 0. */
export type Height = Brand<number, "Height">;

/** Whole seconds since 1970-01-01T00:00:00Z. Never milliseconds. */
export type UnixSeconds = Brand<number, "UnixSeconds">;

/** A header's `bits`: a target as a base-256 float, unsigned 32-bit. Compare decoded targets. */
export type CompactBits = Brand<number, "CompactBits">;

/** 32 bytes in wire order. Compare with `equalBytes`, never with `===`. */
export type Hash256 = Brand<Uint8Array, "Hash256">;

/** The same hash as people print it: 64 lower-case hex digits, byte-reversed. Safe as a Map key. */
export type HashHex = Brand<string, "HashHex">;

/** Takes a number of base units for money. */
export const amount = (value: bigint): Amount => value as Amount;
/** Takes a number for a height. */
export const height = (value: number): Height => value as Height;
/** Takes a number of seconds for a time. */
export const unixSeconds = (value: number): UnixSeconds => value as UnixSeconds;
/** Takes an unsigned 32-bit number for `bits`. */
export const compactBits = (value: number): CompactBits => value as CompactBits;
