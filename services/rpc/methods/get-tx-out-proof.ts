import * as z from "zod";
import { toHex } from "#services/rpc/json/hex.ts";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { HASH_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { readBody } from "#services/rpc/views/block-view.ts";
import { locateTransaction } from "#services/rpc/views/locate-transaction.ts";
import { encodeMerkleBlock } from "#services/rpc/views/merkle-block.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** Transactions that one proof may show. */
const TXIDS_MAX = 1_000;

export const getTxOutProof = defineMethod({
  name: "gettxoutproof",
  reach: "public",
  cost: 2,
  description: "Hex of a header and the Merkle branches that lead to these transactions.",
  parameters: () => ({
    txids: z.array(HASH_PARAMETER).min(1, "must not be empty").max(TXIDS_MAX),
    blockhash: HASH_PARAMETER.optional(),
  }),
  async run({ txids, blockhash }, { chain: open, deps, stores }) {
    const chain = await open();
    const wanted = new Set(txids);
    if (wanted.size !== txids.length) {
      return refuse(RPC_CODES.parameter, "Invalid parameter, duplicated txid");
    }
    const [first] = txids;
    const source = { stores, wire: deps.network.consensus.wire };
    const located =
      blockhash === undefined && first !== undefined
        ? (await locateTransaction(first, chain, source))?.placement.record.hash
        : blockhash;
    if (located === undefined) {
      return refuse(RPC_CODES.notFound, "Transaction not yet in block");
    }
    const stored = await chain.header(located);
    const body = stored === undefined ? undefined : await readBody(stored, source);
    if (body === undefined) return refuse(RPC_CODES.notFound, "Block not found");

    const inBlock = new Set(body.block.transactions.map((tx) => toHashHex(tx.txid)));
    if (!txids.every((txid) => inBlock.has(txid))) {
      return refuse(
        RPC_CODES.notFound,
        "Not all transactions found in specified or retrieved block",
      );
    }
    return { ok: true, value: toHex(encodeMerkleBlock(body.block, wanted)) };
  },
});
