import { join } from "node:path";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { composeEmbedded } from "#services/wallet/compose-embedded.ts";
import { openKeystoreFolder } from "#shared/adapters/embedded/keystore-folder.ts";
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
  readonly keystores?: Keystores | undefined;
}

/** The wallets of an open node. @throws StoreFault when their folder cannot be opened */
export function openWallets(
  node: EmbeddedNode,
  index: AddressIndex,
  options: WalletOptions,
): Promise<Wallets & AsyncDisposable> {
  const { network, blocks, coins, mempool: pool, clock } = node;
  const log = node.log.module("wallet");
  const { gap, load, folder = join(node.folder.path, "wallets") } = options;
  const keystores = options.keystores ?? openKeystoreFolder({ folder, network, clock, log });
  const shared = { network, index, blocks, coins, pool, keystores, clock, log };
  return composeEmbedded(shared, { folder, gap, load });
}
