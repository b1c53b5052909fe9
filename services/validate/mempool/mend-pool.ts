import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import type { PooledTransaction } from "#shared/ports/pool.ts";
import type { Moving } from "./move-to.ts";

/**
 * Judge what is kept and does not count, and take out what is not right by now: processes that write
 * one pool at once part a child from its parent, or take a claim from one that gives way, and any of
 * them may die between two requests. Left alone it would keep its claims from others.
 *
 * @returns how many count again
 */
export async function mendPool(
  dangling: readonly PooledTransaction[],
  { deps, table, reenter }: Moving,
): Promise<number> {
  // Where this process has seen them count, they do no more.
  for (const { txid } of dangling) table.forget(txid);
  let left = dangling;
  for (let before = Number.POSITIVE_INFINITY; left.length < before; ) {
    before = left.length;
    const waiting: PooledTransaction[] = [];
    for (const kept of left) {
      const decoded = decodeTransaction(kept.raw, deps.network.consensus.wire);
      const isBack =
        decoded.ok && (await reenter(decoded.value, { wasMined: false, time: kept.time }));
      // Its parent may be among the others.
      if (!isBack) waiting.push(kept);
    }
    left = waiting;
  }
  for (const kept of left) await table.discard(kept);
  return dangling.length - left.length;
}
