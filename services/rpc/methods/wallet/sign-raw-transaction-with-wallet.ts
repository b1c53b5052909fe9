import * as z from "zod";
import { parseHex, toHex } from "#services/rpc/json/hex.ts";
import { parseCoins } from "#services/rpc/json/parse-coins.ts";
import {
  bytesOf,
  COUNT_PARAMETER,
  HASH_PARAMETER,
  HEX_TEXT_PARAMETER,
} from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import {
  answerOf,
  COINS_PARAMETER,
  defineWalletMethod,
} from "#services/rpc/methods/wallet/wallet-method.ts";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { KnownOutput, SignedTransaction } from "#shared/ports/wallets.ts";
import { amount } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";

/** An output that a caller vouches for. */
export const PREVTX_PARAMETER = z.array(
  z.object({
    txid: HASH_PARAMETER,
    vout: COUNT_PARAMETER,
    scriptPubKey: z.string(),
    redeemScript: z.string().optional(),
    amount: COINS_PARAMETER.optional(),
  }),
);

export const signRawTransactionWithWallet = defineWalletMethod({
  name: "signrawtransactionwithwallet",
  description: "Sign a transaction whose inputs are all of this wallet.",
  parameters: () => ({
    hexstring: HEX_TEXT_PARAMETER,
    prevtxs: PREVTX_PARAMETER.default([]),
    sighashtype: z.literal("ALL", "only ALL is signed").optional(),
  }),
  async run({ hexstring, prevtxs }, { loaded, deps }) {
    const raw = bytesOf(hexstring);
    if (raw === undefined) return refuse(RPC_CODES.undecodable, "TX decode failed");
    const known = prevtxs.map(knownOutput);
    if (known.includes(undefined)) return refuse(RPC_CODES.undecodable, "prevtxs: bad script");
    const outputs = known.filter((output) => output !== undefined);
    return answerOf(await loaded.sign(raw, outputs), (signed) => describe(signed, deps.network));
  },
});

/** @returns `undefined` for a script that is no hex */
export function knownOutput(
  given: z.output<typeof PREVTX_PARAMETER>[number],
): KnownOutput | undefined {
  const scriptPubKey = parseHex(given.scriptPubKey);
  if (scriptPubKey === undefined) return undefined;
  // A legacy signature does not cover what an input is worth.
  const value = amount(parseCoins(given.amount) ?? 0n);
  return { txid: fromHashHex(given.txid), index: given.vout, value, scriptPubKey };
}

function describe({ raw, missing }: SignedTransaction, { consensus }: Network): object {
  const hex = toHex(raw);
  if (missing.length === 0) return { hex, complete: true };
  const decoded = decodeTransaction(raw, consensus.wire);
  const inputs = decoded.ok ? decoded.value.inputs : [];
  const errors = missing.flatMap((index) => {
    const input = inputs[index];
    if (input === undefined) return [];
    return {
      txid: toHashHex(input.prevout.txid),
      vout: input.prevout.index,
      witness: input.witness.map(toHex),
      scriptSig: toHex(input.scriptSig),
      sequence: input.sequence,
      error: "Input not found, already spent, or of another wallet",
    };
  });
  return { hex, complete: false, errors };
}
