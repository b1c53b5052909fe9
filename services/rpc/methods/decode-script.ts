import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { bytesOf, HEX_TEXT_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { coreScript } from "#services/rpc/shapes/core-script.ts";
import { viewScript } from "#services/rpc/views/script-view.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import { printAddress } from "#shared/script/address.ts";

export const decodeScript = defineMethod({
  name: "decodescript",
  reach: "public",
  description: "What a script says, and the address that pays its hash.",
  parameters: () => ({ hexstring: HEX_TEXT_PARAMETER }),
  run({ hexstring }, { deps }) {
    const script = bytesOf(hexstring);
    if (script === undefined) return refuse(RPC_CODES.undecodable, "argument must be hex text");
    const { hex: _, ...shown } = coreScript(viewScript(script, deps.network));
    const p2sh = printAddress({ kind: "p2sh", hash: hash160(script) }, deps.network.addresses);
    const wrappable = shown.type !== "scripthash" && shown.type !== "nulldata";
    return { ok: true, value: { ...shown, ...(wrappable ? { p2sh } : {}) } };
  },
});
