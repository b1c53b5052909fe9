import * as z from "zod";
import { exactCoins } from "#services/rpc/json/exact-number.ts";
import { toHex } from "#services/rpc/json/hex.ts";
import { COUNT_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { parseAddresses } from "#services/rpc/methods/wallet/parse-addresses.ts";
import { defineWalletMethod } from "#services/rpc/methods/wallet/wallet-method.ts";
import { withChecksum } from "#services/rpc/shapes/descriptor.ts";
import type { WalletCoin } from "#shared/ports/wallets.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

const CONFIRMATIONS_MAX = 9_999_999;

export const listUnspent = defineWalletMethod({
  name: "listunspent",
  description: "Coins that are neither spent nor set aside, by confirmations and address.",
  parameters: () => ({
    minconf: COUNT_PARAMETER.default(1),
    maxconf: COUNT_PARAMETER.default(CONFIRMATIONS_MAX),
    addresses: z.union([z.array(z.string()), z.string()]).default([]),
    include_unsafe: z.boolean().default(true),
    query_options: z
      .strictObject({ include_immature_coins: z.boolean().default(false) })
      .partial()
      .default({}),
  }),
  async run(asked, { loaded, deps }) {
    const addresses = parseAddresses(asked.addresses, deps.network);
    if (!addresses.ok) return refuse(RPC_CODES.notFound, addresses.error);
    const immature = asked.query_options.include_immature_coins === true;
    const found = (await loaded.coins()).filter(
      (coin) =>
        coin.confirmations >= asked.minconf &&
        coin.confirmations <= asked.maxconf &&
        (addresses.value.size === 0 || addresses.value.has(coin.address)) &&
        (asked.include_unsafe || coin.trusted) &&
        (immature || !coin.immature) &&
        !coin.locked,
    );
    return { ok: true, value: found.map(describe) };
  },
});

function describe(coin: WalletCoin): object {
  const { outpoint, address, label, scriptPubKey, value, confirmations, trusted } = coin;
  return {
    txid: toHashHex(outpoint.txid),
    vout: outpoint.index,
    address,
    label,
    scriptPubKey: toHex(scriptPubKey),
    amount: exactCoins(value),
    confirmations,
    spendable: true,
    solvable: true,
    desc: withChecksum(`addr(${address})`),
    safe: trusted,
  };
}
