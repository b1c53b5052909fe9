import * as z from "zod";
import { parseHex } from "#services/rpc/json/hex.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

/** A printed hash; upper case is accepted, as Bitcoin Core does. */
export const HASH_PARAMETER = z
  .string()
  .regex(/^[0-9a-fA-F]{64}$/, "must be 64 hex digits")
  .transform((text) => text.toLowerCase() as HashHex);

export const INTEGER_PARAMETER = z.int();

export const COUNT_PARAMETER = z.int().min(0, "must not be negative");

/** Hex text, left to the method to decode. */
export const HEX_TEXT_PARAMETER = z.string();

/** A verbosity: a number, or a boolean that means 0 or 1. @param most highest that has a meaning */
export function verbosityParameter(fallback: number, most: number) {
  return z
    .union([z.int(), z.boolean()])
    .transform((value) => Math.max(0, Math.min(most, Number(value))))
    .default(fallback);
}

/** The bytes of a hex parameter; `undefined` is for −22, which Bitcoin Core answers there. */
export function bytesOf(text: string): Uint8Array | undefined {
  return parseHex(text.trim());
}
