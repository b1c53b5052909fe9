import type { InventoryItem } from "#shared/codec/messages/inventory.ts";
import type { WantedItem } from "#shared/p2p/peer-input.ts";

/** Types of an inventory item. @source exos-l1.md 7.4 */
export const TYPE_TRANSACTION = 1;
export const TYPE_BLOCK = 2;
/** With its witnesses. @source BIP144 */
export const WITNESS_BIT = 0x4000_0000;

/**
 * What is asked for: bit 1 says a block, else bit 0 a transaction, and nothing else is understood.
 *
 * @source exos-l1.md 7.4
 */
export function toWanted(items: readonly InventoryItem[]): WantedItem[] {
  const wanted: WantedItem[] = [];
  for (const { type, hash } of items) {
    const witness = (type & WITNESS_BIT) !== 0;
    if ((type & TYPE_BLOCK) !== 0) wanted.push({ type: "block", hash, witness });
    else if ((type & TYPE_TRANSACTION) !== 0) wanted.push({ type: "transaction", hash, witness });
  }
  return wanted;
}
