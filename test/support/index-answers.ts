import type { AddressIndex } from "#shared/ports/address-index.ts";
import { height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { stakerScript } from "#shared/script/owner-script.ts";
import { TO_B, TO_C, TO_KEY, type TreeBlock } from "./block-tree.ts";

/** Who is paid in a random tree, but for those who cannot spend. */
const OWNERS = [TO_KEY, TO_B, TO_C, stakerScript(new Uint8Array(20).fill(0xaa))];

/**
 * Every answer that a reader can get about a tree, cursors of pages included.
 *
 * @param limit of a page
 */
export async function indexAnswers(
  index: AddressIndex,
  blocks: readonly TreeBlock[],
  limit = 7,
): Promise<unknown[]> {
  const found: unknown[] = [await index.cursor(), await index.base()];
  found.push(await index.blockRows(height(9_999), 2_000), await index.blockRows(height(7), 3));
  for (const script of OWNERS) {
    found.push(await index.totals(script));
    for (const list of [index.history, index.coins]) {
      let cursor: string | undefined;
      do {
        const page = await list({ script, limit, cursor });
        found.push(page);
        cursor = page.ok ? page.value.next : undefined;
      } while (cursor !== undefined);
    }
    found.push(await index.history({ script, limit: 9, kind: "ordinary", heightTo: 20 }));
    found.push(await index.history({ script, limit: 9, heightFrom: 5, heightTo: 11 }));
  }
  for (const { hash, transactions } of blocks) {
    const row = await index.blockRow(hash);
    found.push(row);
    for (const { txid, outputs } of transactions) {
      found.push(await index.spenders(txid), await index.transactionPlace(toHashHex(txid)));
      // Of a block that is not followed, one index may know more than another.
      const asked = [...outputs, undefined].map((_, at) => ({ txid, index: at }));
      if (row !== undefined) found.push(await index.outputs(asked));
    }
  }
  return found;
}
