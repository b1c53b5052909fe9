import { toHex } from "#services/rpc/json/hex.ts";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { HASH_PARAMETER, verbosityParameter } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { type BlockDetail, coreBlock } from "#services/rpc/shapes/core-block.ts";
import { readBody } from "#services/rpc/views/block-view.ts";
import { viewHeader } from "#services/rpc/views/header-view.ts";
import { readMint } from "#services/rpc/views/mint.ts";
import { readSpent } from "#services/rpc/views/spent-outputs.ts";

export const getBlock = defineMethod({
  name: "getblock",
  reach: "public",
  cost: 2,
  description:
    "A block: 0 its bytes in hex, 1 an object with transaction ids, 2 with transactions, 3 also " +
    "with the outputs they spend.",
  parameters: () => ({ blockhash: HASH_PARAMETER, verbosity: verbosityParameter(1, 3) }),
  aliases: { verbose: "verbosity" },
  async run({ blockhash, verbosity }, { chain: open, deps, stores }) {
    const chain = await open();
    const { network } = deps;
    const stored = await chain.header(blockhash);
    if (stored === undefined) return refuse(RPC_CODES.notFound, "Block not found");
    const source = { stores, wire: network.consensus.wire };
    const body = await readBody(stored, source);
    if (body === undefined) return refuse(RPC_CODES.misc, "Block not available: no body is stored");
    if (verbosity === 0) return { ok: true, value: toHex(body.bytes) };

    const view = { header: await viewHeader(stored, chain), ...body };
    let detail: BlockDetail = { kind: verbosity === 1 ? "txids" : "transactions" };
    if (verbosity === 3) {
      const spent = await readSpent(body.block.transactions, stores);
      if (spent !== undefined) detail = { kind: "spent", spent };
    }
    const mint = await readMint(stored.record, stores);
    return { ok: true, value: coreBlock(view, detail, mint, network) };
  },
});
