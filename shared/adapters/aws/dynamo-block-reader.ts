import type { AddressIndex, BlockRow } from "#shared/ports/address-index.ts";
import { makerScript } from "#shared/ports/block-facts.ts";
import { type HashHex, type Height, height } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import { rowsFrom } from "./index-chain.ts";
import { rowKey } from "./index-keys.ts";
import { placesOf, readOutputs, readTransactions } from "./index-outputs.ts";
import { decodeRow, type IndexRow } from "./index-row-codec.ts";
import type { IndexSession, IndexStores, IndexView } from "./index-session.ts";
import { readSpenders } from "./index-spenders.ts";

/** What is asked about blocks and transactions. */
export type BlockReader = Pick<
  AddressIndex,
  "cursor" | "base" | "blockRow" | "blockRows" | "transactionPlace" | "outputs" | "spenders"
>;

export function createDynamoBlockReader(session: IndexSession): BlockReader {
  const { stores } = session;
  return {
    cursor: () => session.cursor(),
    async base() {
      const view = await session.view();
      if (view === undefined || view.base !== undefined) return view?.base;
      const hash = await view.chain.hashAt(0);
      return hash === undefined ? undefined : { height: 0 as Height, hash };
    },
    async blockRow(id) {
      const view = await session.view();
      return view === undefined ? undefined : readActiveRow(id, view, stores);
    },
    async blockRows(heightMax, limit) {
      const view = await session.view();
      const rows: BlockRow[] = [];
      if (view === undefined) return rows;
      const top = Math.min(heightMax, view.chain.at.height);
      for await (const found of rowsFrom(top, view.table, limit)) {
        if (found.row.height < (view.base?.height ?? 0)) break;
        if (await view.chain.has(found.row)) rows.push(await wholeRow(found, stores));
        if (rows.length === limit) break;
      }
      return rows;
    },
    async transactionPlace(txid) {
      const view = await session.view();
      if (view === undefined) return undefined;
      for await (const place of placesOf(fromHashHex(txid), view.table)) {
        if (!(await view.chain.has(place))) continue;
        const item = await view.table.get(rowKey(place));
        if (item !== undefined) return { ...place, blockTime: decodeRow(item).row.time };
      }
      return undefined;
    },
    async outputs(outpoints) {
      const { table } = await session.target();
      return readOutputs(outpoints, { ...stores, table });
    },
    async spenders(txid) {
      const view = await session.view();
      return view === undefined ? new Map() : readSpenders(txid, view, stores);
    },
  };
}

/** A block of the chain that answers speak of, by height or hash. */
export async function readActiveRow(
  id: Height | HashHex,
  { table, chain }: IndexView,
  stores: Pick<IndexStores, "heightOf" | "blocks" | "wire">,
): Promise<BlockRow | undefined> {
  const at = typeof id === "number" ? id : await stores.heightOf(id);
  const hash = at === undefined ? undefined : await chain.hashAt(at);
  if (at === undefined || hash === undefined || (typeof id === "string" && hash !== id)) {
    return undefined;
  }
  const item = await table.get(rowKey({ height: height(at), hash }));
  return item === undefined ? undefined : wholeRow(decodeRow(item), stores);
}

/** The row with its maker's script, which is read from the block where it is a long one. */
async function wholeRow(
  { row }: IndexRow,
  stores: Pick<IndexStores, "blocks" | "wire">,
): Promise<BlockRow> {
  if (row.makerScript !== undefined) return { ...row, makerScript: row.makerScript };
  const stake = row.proofKind === "stake";
  const transactions = await readTransactions(row.hash, stores);
  return { ...row, makerScript: makerScript(transactions?.[stake ? 1 : 0], stake) };
}
