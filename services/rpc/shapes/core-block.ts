import { exactCoins } from "#services/rpc/json/exact-number.ts";
import { toHex } from "#services/rpc/json/hex.ts";
import { coreHeader, stakeKeys } from "#services/rpc/shapes/core-header.ts";
import { coreTransaction } from "#services/rpc/shapes/core-transaction.ts";
import type { BlockView } from "#services/rpc/views/block-view.ts";
import type { SpentOutput } from "#services/rpc/views/transaction-view.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { Amount } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** How much of each transaction a block shows. */
export type BlockDetail =
  | { readonly kind: "txids" }
  | { readonly kind: "transactions" }
  /** What each input spends, one list for each transaction, empty for a coinbase. */
  | { readonly kind: "spent"; readonly spent: readonly (readonly SpentOutput[])[] };

/**
 * A block in Bitcoin Core 28's keys, and those of proof of stake.
 * @param mint money that this block made, if the index knows it
 */
export function coreBlock(
  view: BlockView,
  detail: BlockDetail,
  mint: Amount | undefined,
  network: Network,
): object {
  const { block, header } = view;
  const stake = network.consensus.stake !== undefined;
  return {
    ...coreHeader(header, block.transactions.length),
    strippedsize: block.sizeStripped,
    size: block.sizeTotal,
    weight: 3 * block.sizeStripped + block.sizeTotal,
    tx: transactions(view, detail, network),
    ...(stake ? stakeKeys(header) : {}),
    ...(stake ? { signature: toHex(block.signature) } : {}),
    ...(mint === undefined ? {} : { mint: exactCoins(mint) }),
  };
}

function transactions({ block }: BlockView, detail: BlockDetail, network: Network): unknown[] {
  if (detail.kind === "txids") return block.transactions.map(({ txid }) => toHashHex(txid));
  return block.transactions.map((tx, index) => {
    const spent = detail.kind === "spent" ? detail.spent[index] : undefined;
    return coreTransaction({ tx, placement: undefined, spent }, network);
  });
}
