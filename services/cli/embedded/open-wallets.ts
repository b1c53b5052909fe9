import { join } from "node:path";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { composeEmbedded } from "#services/wallet/compose-embedded.ts";
import type { AddressIndex } from "#shared/ports/address-index.ts";
import type { Keystores } from "#shared/ports/keystores.ts";
import type { Wallets } from "#shared/ports/wallets.ts";

/** What an operator says of the wallets of a node. */
export interface WalletOptions {
  /** `walletdir`; `wallets` in the network's folder unless given. */
  readonly folder?: string | undefined;
  readonly gap?: number | undefined;
  readonly load?: readonly string[] | undefined;
  /** Where keys are kept; in files of the folder unless given. */
  readonly keystores: Keystores;
}

/** The wallets of an open node. @throws StoreFault when their folder cannot be opened */
export function openWallets(
  node: EmbeddedNode,
  index: AddressIndex,
  { folder, gap, load, keystores }: WalletOptions,
): Promise<Wallets & AsyncDisposable> {
  const { network, blocks, coins, mempool: pool, clock, log } = node;
  const shared = { network, index, blocks, coins, pool, keystores, clock };
  return composeEmbedded(
    { ...shared, log: log.module("wallet") },
    { folder: folder ?? join(node.folder.path, "wallets"), gap, load },
  );
}
