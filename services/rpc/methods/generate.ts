import * as z from "zod";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { BLOCKS_PER_CALL, generateBlocks } from "#services/rpc/methods/generate-blocks.ts";

export const generate = defineMethod({
  name: "generate",
  reach: "development",
  description: "Mine blocks at once, paid to the development address. Their hashes.",
  parameters: () => ({ nblocks: BLOCKS_PER_CALL, maxtries: z.int().optional() }),
  run: ({ nblocks }, context) => generateBlocks(nblocks, undefined, context),
});
