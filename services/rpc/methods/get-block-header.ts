import * as z from "zod";
import { toHex } from "#services/rpc/json/hex.ts";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { HASH_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { coreHeader, stakeKeys } from "#services/rpc/shapes/core-header.ts";
import { readBody } from "#services/rpc/views/block-view.ts";
import { viewHeader } from "#services/rpc/views/header-view.ts";

export const getBlockHeader = defineMethod({
  name: "getblockheader",
  reach: "public",
  description: "A header, as an object or, with verbose false, as the hex of its 80 bytes.",
  parameters: () => ({ blockhash: HASH_PARAMETER, verbose: z.boolean().default(true) }),
  async run({ blockhash, verbose }, { chain: open, deps, stores }) {
    const chain = await open();
    const stored = await chain.header(blockhash);
    if (stored === undefined) return refuse(RPC_CODES.notFound, "Block not found");
    if (!verbose) return { ok: true, value: toHex(stored.record.header.bytes) };

    const { consensus } = deps.network;
    const body = await readBody(stored, { stores, wire: consensus.wire });
    const header = await viewHeader(stored, chain);
    const value = {
      ...coreHeader(header, body?.block.transactions.length ?? 0),
      ...(consensus.stake === undefined ? {} : stakeKeys(header)),
    };
    return { ok: true, value };
  },
});
