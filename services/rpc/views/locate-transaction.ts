import type { Stores } from "#services/rpc/deps.ts";
import { readBody } from "#services/rpc/views/block-view.ts";
import type { Chain } from "#services/rpc/views/chain.ts";
import { type Placement, placementOf } from "#services/rpc/views/transaction-view.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";

/** A transaction with the block it was found in. */
export interface LocatedTransaction {
  readonly tx: HashedTransaction;
  readonly placement: Placement;
  readonly stored: StoredHeader;
  readonly block: Block;
  readonly spent: undefined;
}

/** What looking for a transaction needs. */
export interface TransactionSource {
  readonly stores: Pick<Stores, "blocks" | "index">;
  readonly wire: WireFormat;
}

/** @returns `undefined` when no indexed block of the chain holds it, or the body is not here */
export async function locateTransaction(
  txid: HashHex,
  chain: Chain,
  source: TransactionSource,
): Promise<LocatedTransaction | undefined> {
  const place = await source.stores.index.transactionPlace(txid);
  if (place === undefined) return undefined;
  const stored = await chain.header(place.hash);
  return stored === undefined ? undefined : findInBlock(txid, stored, { chain, source });
}

/** Look for a transaction in one block, on whatever branch. */
export async function findInBlock(
  txid: HashHex,
  stored: StoredHeader,
  { chain, source }: { readonly chain: Chain; readonly source: TransactionSource },
): Promise<LocatedTransaction | undefined> {
  const body = await readBody(stored, source);
  const position = body?.block.transactions.findIndex((tx) => toHashHex(tx.txid) === txid) ?? -1;
  const tx = body?.block.transactions[position];
  if (body === undefined || tx === undefined) return undefined;
  const placement = await placementOf(stored.record, position, chain);
  return { tx, placement, stored, block: body.block, spent: undefined };
}
