import type { HashHex, Height } from "#shared/primitives/brand.ts";

/**
 * "This block did it": the full identity of a block, at the place where it made or spent something.
 * Never shortened: block ids with equal prefixes can be ground, and marks of one would count for
 * the other.
 *
 * @source cloud.md 3.2
 */
export interface Mark {
  readonly height: Height;
  readonly hash: HashHex;
}

/** Stands for the hash in a base mark. No block has it: it is above every target. */
export const BASE_HASH: HashHex = "f".repeat(64) as HashHex;

/** A mark that is active wherever its generation is: from a snapshot, or final for ever. */
export function baseMark(height: Height): Mark {
  return { height, hash: BASE_HASH };
}

/** Whether a mark stands for what is final, on every branch. */
export function isBaseMark(mark: Mark): boolean {
  return mark.hash === BASE_HASH;
}
