import { coinKeyOfChunk } from "#shared/coins/coin-key.ts";
import type { ScannedItem } from "#shared/ports/coin-store.ts";
import { testBlock, txidOf } from "./coin-chain.ts";

/** Items of coins, in no order of their keys. */
export async function* manyItems(count: number): AsyncGenerator<ScannedItem> {
  const [marks] = testBlock(1, "a", { x: 1 }).marks;
  if (marks?.created === undefined) throw new RangeError("a block creates coins");
  const item = { content: marks.created, creators: [marks.mark], spends: [] };
  for (let at = 0; at < count; at++) {
    yield { key: coinKeyOfChunk(txidOf(String(at)), 0), item };
  }
}
