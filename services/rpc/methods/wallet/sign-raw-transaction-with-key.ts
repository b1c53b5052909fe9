import * as z from "zod";
import { toHex } from "#services/rpc/json/hex.ts";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { bytesOf, HEX_TEXT_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import {
  knownOutput,
  PREVTX_PARAMETER,
} from "#services/rpc/methods/wallet/sign-raw-transaction-with-wallet.ts";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeTransaction } from "#shared/codec/encode-transaction.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { HashedTransaction, TxInput } from "#shared/primitives/transaction.ts";
import { unlockScript } from "#shared/wallet/unlock-script.ts";
import type { ImportedKey } from "#shared/wallet/wallet-secret.ts";
import { parseWif } from "#shared/wallet/wif.ts";

export const signRawTransactionWithKey = defineMethod({
  name: "signrawtransactionwithkey",
  reach: "local",
  description: "Sign the inputs that these keys open; what they spend is looked up, or told.",
  parameters: () => ({
    hexstring: HEX_TEXT_PARAMETER,
    privkeys: z.array(z.string()),
    prevtxs: PREVTX_PARAMETER.default([]),
    sighashtype: z.literal("ALL", "only ALL is signed").optional(),
  }),
  async run({ hexstring, privkeys, prevtxs }, { deps, stores }) {
    const { addresses, consensus } = deps.network;
    const bytes = bytesOf(hexstring);
    const tx = bytes === undefined ? undefined : decodeTransaction(bytes, consensus.wire);
    if (tx?.ok !== true) return refuse(RPC_CODES.undecodable, "TX decode failed");
    const keys = privkeys.map((text) => parseWif(text, addresses));
    const own = keys.flatMap((key) => (key?.kind === "key" ? [key.key] : []));
    if (own.length < keys.length) return refuse(RPC_CODES.notFound, "Invalid private key");
    const told = new Map<string, Uint8Array>();
    for (const given of prevtxs) {
      const output = knownOutput(given);
      if (output === undefined) return refuse(RPC_CODES.undecodable, "prevtxs: bad script");
      told.set(outpointKey(output), output.scriptPubKey);
    }
    const facts = await stores.index.outputs(tx.value.inputs.map(({ prevout }) => prevout));
    const scripts = tx.value.inputs.map(
      ({ prevout }, index) => told.get(outpointKey(prevout)) ?? facts[index]?.scriptPubKey,
    );
    const inputs = signAll(tx.value, scripts, { keys: own, rules: consensus });
    for (const { secret } of own) secret.fill(0);
    const signed = { ...tx.value, inputs };
    const hex = toHex(encodeTransaction(signed, consensus.wire, { witness: true }));
    const errors = inputs.flatMap((input) =>
      input.scriptSig.length > 0 || input.witness.length > 0 ? [] : [describeMissing(input)],
    );
    const complete = errors.length === 0;
    return { ok: true, value: { hex, complete, ...(complete ? {} : { errors }) } };
  },
});

interface Signing {
  readonly keys: readonly ImportedKey[];
  readonly rules: Parameters<typeof unlockScript>[2];
}

/** An input that no key opens stays as it came: others may have signed it. */
function signAll(
  tx: HashedTransaction,
  scripts: readonly (Uint8Array | undefined)[],
  { keys, rules }: Signing,
): TxInput[] {
  const nothing = new Uint8Array(0);
  const blank = tx.inputs.map((input) => ({ ...input, scriptSig: nothing, witness: [] }));
  const unsigned = { ...tx, inputs: blank };
  return tx.inputs.map((input, index) => {
    const scriptPubKey = scripts[index];
    if (scriptPubKey === undefined) return input;
    for (const key of keys) {
      const spend = { tx: unsigned, index, scriptPubKey };
      const scriptSig = unlockScript(spend, key, rules, "spend");
      if (scriptSig !== undefined) return { ...input, scriptSig };
    }
    return input;
  });
}

function describeMissing({ prevout, sequence }: TxInput): object {
  return {
    txid: toHashHex(prevout.txid),
    vout: prevout.index,
    witness: [],
    scriptSig: "",
    sequence,
    error: "Input not found, or of another key",
  };
}
