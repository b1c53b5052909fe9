import type { HashHex } from "#shared/primitives/brand.ts";

/** A header with its facts, or a body, that lies in the table outside of its segment. */
export interface LooseItem {
  readonly kind: "header" | "body";
  readonly hash: HashHex;
  /** Of the header under this hash; `undefined` where facts about one alone are left, or nothing. */
  readonly height: number | undefined;
  /** Whether anything is left under `H#` of this hash. */
  readonly hasHeader: boolean;
  /** Of a body: as it was read. */
  readonly sha256: Uint8Array | undefined;
}

/**
 * What lies outside of segments, for whoever tidies up.
 *
 * Implementation: `adapters/aws/loose-blocks.ts`; its suite is `test/services/cli/sweep-blocks.slow.test.ts`.
 * Every method throws StoreFault when the world failed.
 */
export interface LooseBlocks {
  /** All of it, page by page, in no order. Never in the path of a request. */
  pages(): AsyncGenerator<readonly LooseItem[]>;
  /** Heights at which blocks are found in declared segments; `undefined`: in none. */
  packedHeights(hashes: readonly HashHex[]): Promise<readonly (number | undefined)[]>;
  /** Those of some bodies under whose hash there is still nothing of a header. */
  headless(bodies: readonly LooseItem[]): Promise<readonly LooseItem[]>;
  /** Delete an item, if it is still what it was. @returns whether it was */
  drop(item: LooseItem): Promise<boolean>;
}
