import { exactCoins } from "#services/rpc/json/exact-number.ts";
import { defineWalletMethod } from "#services/rpc/methods/wallet/wallet-method.ts";
import type { WalletInfo } from "#shared/ports/wallets.ts";

/** What Core writes for wallets without descriptors since 0.16. */
const WALLET_VERSION = 169_900;

export const getWalletInfo = defineWalletMethod({
  name: "getwalletinfo",
  description: "How a wallet stands: balances, transactions, keys, lock; and its scheme.",
  parameters: () => ({}),
  async run(_, { loaded }) {
    return { ok: true, value: describe(loaded.name, await loaded.info(), loaded.feeRate()) };
  },
});

function describe(name: string, info: WalletInfo, feeRate: bigint): object {
  const { card, balance, state, unlockedUntil } = info;
  const until = state === "locked" ? 0 : (unlockedUntil ?? Number.MAX_SAFE_INTEGER);
  return {
    walletname: name,
    walletversion: WALLET_VERSION,
    format: "exos-keystore",
    balance: exactCoins(balance.confirmed + balance.change),
    unconfirmed_balance: exactCoins(balance.pending),
    immature_balance: exactCoins(balance.immature),
    delegated_balance: exactCoins(balance.delegated),
    txcount: info.transactions,
    keypoolsize: info.unused.external,
    keypoolsize_hd_internal: info.unused.internal,
    unlocked_until: until,
    unlocked_staking_only: state === "staking-only",
    paytxfee: exactCoins(feeRate),
    hdseedid: card.fingerprint,
    scheme: card.scheme,
    private_keys_enabled: true,
    avoid_reuse: false,
    scanning: false,
    descriptors: false,
    external_signer: false,
    blank: false,
    birthtime: card.createdAt,
    lastprocessedblock: { hash: balance.at.hash, height: balance.at.height },
  };
}
