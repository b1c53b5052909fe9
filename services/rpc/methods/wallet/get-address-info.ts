import * as z from "zod";
import { toHex } from "#services/rpc/json/hex.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { defineWalletMethod } from "#services/rpc/methods/wallet/wallet-method.ts";
import { withChecksum } from "#services/rpc/shapes/descriptor.ts";
import type { WalletAddress, WalletInfo } from "#shared/ports/wallets.ts";
import { parseAddress, scriptOfAddress } from "#shared/script/address.ts";

export const getAddressInfo = defineWalletMethod({
  name: "getaddressinfo",
  description: "What an address is, and what the wallet knows of it.",
  parameters: () => ({ address: z.string() }),
  async run({ address: text }, { loaded, deps }) {
    const address = parseAddress(text, deps.network.addresses);
    if (address === undefined) {
      return refuse(RPC_CODES.notFound, "Not an address of this network");
    }
    const script = scriptOfAddress(address);
    const own = await loaded.addressOf(script);
    const value = {
      address: text,
      scriptPubKey: toHex(script),
      ismine: own !== undefined,
      solvable: own !== undefined,
      ...(own === undefined ? {} : { desc: withChecksum(`pkh(${toHex(own.publicKey)})`) }),
      iswatchonly: false,
      isscript: address.kind === "p2sh",
      iswitness: address.kind === "witness",
      ...(own === undefined ? {} : ownKeys(own, loaded.card)),
      ischange: isChange(own),
      labels: own === undefined || isChange(own) ? [] : [own.label],
    };
    return { ok: true, value };
  },
});

function isChange(own: WalletAddress | undefined): boolean {
  return own?.key.kind === "derived" && own.key.branch === "internal";
}

function ownKeys({ publicKey, path, key }: WalletAddress, card: WalletInfo["card"]): object {
  return {
    pubkey: toHex(publicKey),
    iscompressed: publicKey.length === 33,
    timestamp: card.createdAt,
    ...(key.kind === "derived"
      ? { hdkeypath: path, hdmasterfingerprint: card.fingerprint, hdseedid: card.fingerprint }
      : {}),
  };
}
