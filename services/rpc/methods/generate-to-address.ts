import * as z from "zod";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { BLOCKS_PER_CALL, generateBlocks } from "#services/rpc/methods/generate-blocks.ts";
import { parseAddress, scriptOfAddress } from "#shared/script/address.ts";

export const generateToAddress = defineMethod({
  name: "generatetoaddress",
  reach: "development",
  description: "Mine blocks at once, paid to this address. Their hashes.",
  parameters: () => ({
    nblocks: BLOCKS_PER_CALL,
    address: z.string(),
    maxtries: z.int().optional(),
  }),
  run({ nblocks, address: text }, context) {
    const address = parseAddress(text, context.deps.network.addresses);
    if (address === undefined) return refuse(RPC_CODES.notFound, "Error: Invalid address");
    return generateBlocks(nblocks, scriptOfAddress(address), context);
  },
});
