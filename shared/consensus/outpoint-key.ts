import { toHex } from "#shared/primitives/hex.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";

/** A Map key for an output; hex in wire order, so it is no `HashHex`. */
export function outpointKey({ txid, index }: Outpoint): string {
  return `${toHex(txid)}:${index}`;
}
