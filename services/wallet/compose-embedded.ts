import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createWallets } from "#services/wallet/core.ts";
import type { WalletDeps } from "#services/wallet/deps.ts";
import { lookUpSchemes, type ScriptUse } from "#services/wallet/plan-restore.ts";
import { openSqliteWalletStores } from "#shared/adapters/embedded/sqlite-wallet-store.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import type { KeySource } from "#shared/ports/keystores.ts";
import type { Wallets } from "#shared/ports/wallets.ts";
import { GAP_LIMIT } from "#shared/wallet/key-path.ts";

/** What the process that embeds this service brings along. */
export type Shared = Omit<WalletDeps, "stores" | "entropy" | "gap">;

/** Where the wallets of a network lie, and which of them are loaded at once. */
export interface EmbeddedOptions {
  /** Holds a keystore for each wallet, and what is known of all of them; made where absent. */
  readonly folder: string;
  /** `walletaddressbuffer`. */
  readonly gap?: number | undefined;
  /** `walletname`; every wallet of the folder unless given. */
  readonly load?: readonly string[] | undefined;
}

/** What keys find on the chain by each scheme, told by whoever knows the chain. */
export function planImport(
  source: KeySource,
  { keystores, network }: Pick<WalletDeps, "keystores" | "network">,
  use: (script: Uint8Array) => Promise<ScriptUse>,
): ReturnType<typeof lookUpSchemes> {
  return lookUpSchemes(source, { keystores, network, gap: GAP_LIMIT, use });
}

/** Nobody but the owner may list a folder of wallets. */
const PRIVATE_MODE = 0o700;

/**
 * The wallets of one process, locked. A wallet that cannot be loaded is named in the log, and the
 * node goes on without it. Dispose of them to lock all.
 *
 * @throws StoreFault when the folder or what is known of the wallets cannot be opened
 */
export async function composeEmbedded(
  shared: Shared,
  { folder, gap = GAP_LIMIT, load }: EmbeddedOptions,
): Promise<Wallets & AsyncDisposable> {
  await mkdir(folder, { recursive: true, mode: PRIVATE_MODE });
  await using stack = new AsyncDisposableStack();
  const stores = stack.use(openSqliteWalletStores(join(folder, "watch.sqlite")));
  const deps = { ...shared, stores, entropy: createSystemEntropy(), gap };
  const wallets = stack.use(createWallets(deps));
  for (const name of load ?? (await wallets.names())) {
    const loaded = await wallets.load(name);
    if (!loaded.ok) shared.log.warn(loaded.error.code, "A wallet was not loaded", { wallet: name });
  }
  const held = stack.move();
  return { ...wallets, [Symbol.asyncDispose]: () => held.disposeAsync() };
}
