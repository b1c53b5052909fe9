import * as z from "zod";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { bytesOf, HEX_TEXT_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { coreTransaction } from "#services/rpc/shapes/core-transaction.ts";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";

export const decodeRawTransaction = defineMethod({
  name: "decoderawtransaction",
  reach: "public",
  description: "What the bytes of a transaction say, without judging them.",
  parameters: () => ({ hexstring: HEX_TEXT_PARAMETER, iswitness: z.boolean().optional() }),
  run({ hexstring }, { deps }) {
    const { network } = deps;
    const bytes = bytesOf(hexstring);
    const tx = bytes === undefined ? undefined : decodeTransaction(bytes, network.consensus.wire);
    // A decoder stops where the transaction ends; more bytes are somebody's mistake.
    if (tx?.ok !== true || tx.value.sizeTotal !== bytes?.length) {
      return refuse(RPC_CODES.undecodable, "TX decode failed");
    }
    const view = { tx: tx.value, placement: undefined, spent: undefined };
    return { ok: true, value: coreTransaction(view, network) };
  },
});
