import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { WalletOptions } from "#services/cli/embedded/open-wallets.ts";
import type { Config } from "#services/cli/read-config.ts";

/** Where the wallets of the network lie: `walletdir`, else a folder beside its stores. */
export function walletFolderOf(config: Pick<Config, "text" | "datadir" | "network">): string {
  const named = config.text("walletdir");
  if (named === undefined) return join(config.datadir, config.network.name, "wallets");
  return named.startsWith("~/") ? join(homedir(), named.slice(2)) : resolve(named);
}

/** What flags, environment and file say about the wallets of a node. */
export function walletOptionsOf(config: Config): WalletOptions {
  const names = config.list("walletname");
  return {
    folder: walletFolderOf(config),
    gap: config.integer("walletaddressbuffer"),
    load: names.length === 0 ? undefined : names,
  };
}
