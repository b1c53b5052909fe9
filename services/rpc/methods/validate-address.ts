import * as z from "zod";
import { toHex } from "#services/rpc/json/hex.ts";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { type Address, parseAddress, scriptOfAddress } from "#shared/script/address.ts";

export const validateAddress = defineMethod({
  name: "validateaddress",
  reach: "public",
  description: "Whether a text is an address of this network, and what it stands for.",
  parameters: () => ({ address: z.string() }),
  run({ address: text }, { deps }) {
    const address = parseAddress(text, deps.network.addresses);
    if (address === undefined) {
      const value = {
        isvalid: false,
        error_locations: [],
        error: "Not an address of this network",
      };
      return { ok: true, value };
    }
    return {
      ok: true,
      value: {
        isvalid: true,
        address: text,
        scriptPubKey: toHex(scriptOfAddress(address)),
        isscript: isScript(address),
        iswitness: address.kind === "witness",
        ...(address.kind === "witness"
          ? { witness_version: address.version, witness_program: toHex(address.program) }
          : {}),
      },
    };
  },
});

/** Core calls a witness script hash a script too. */
function isScript(address: Address): boolean {
  if (address.kind === "witness") return address.version === 0 && address.program.length === 32;
  return address.kind === "p2sh";
}
