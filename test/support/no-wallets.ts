import type { Wallets } from "#shared/ports/wallets.ts";
import { refusal } from "#shared/primitives/refusal.ts";

/** The wallets of a node in whose folder there is none. */
export function noWallets(): Wallets {
  const none = refusal("EXOS-E5004", "No wallet is loaded.");
  return {
    names: async () => [],
    loaded: () => [],
    choose: () => none,
    plan: async () => none,
    create: async () => none,
    load: async () => none,
    unload: async () => none,
    backup: async () => none,
    changePassword: async () => none,
    stakeCoins: async () => [],
    signer: () => undefined,
  };
}
