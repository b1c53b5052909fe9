import type { HashHex } from "#shared/primitives/brand.ts";

/**
 * "Look at this block": `block` when its bytes are stored, for whoever checks it alone; `connect`
 * when it is a candidate for the tip. It carries no fact: whoever receives it reads the stores.
 * `v` lets either side be deployed first.
 */
export interface BlockHint {
  readonly v: 1;
  readonly kind: "block" | "connect";
  readonly hash: HashHex;
}

/** A hint in its present version. */
export function blockHint(kind: BlockHint["kind"], hash: HashHex): BlockHint {
  return { v: 1, kind, hash };
}
