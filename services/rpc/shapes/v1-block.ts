import * as z from "zod";
import {
  AMOUNT_SCHEMA,
  amountText,
  HASH_SCHEMA,
  HEIGHT_SCHEMA,
  TIME_SCHEMA,
} from "#services/rpc/routes/schemas.ts";
import { ownerText } from "#services/rpc/views/network-names.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { BlockRow } from "#shared/ports/address-index.ts";

/** What the index says about a block: money, and who made it. */
export const V1_BLOCK_FACTS = z.object({
  transactions: z.int().min(1),
  inputs: z.int().min(0),
  outputs: z.int().min(0),
  size: z.int().min(80),
  fees: AMOUNT_SCHEMA,
  reward: AMOUNT_SCHEMA.meta({ description: "What the maker took, fees included" }),
  maker: z.string().nullable().meta({ description: "Address of the staker or miner" }),
});

/** One block in a list. */
export const V1_BLOCK_SUMMARY = V1_BLOCK_FACTS.extend({
  height: HEIGHT_SCHEMA,
  hash: HASH_SCHEMA,
  time: TIME_SCHEMA,
  proof: z.enum(["work", "stake"]),
});

export function v1BlockFacts(row: BlockRow, network: Network): z.output<typeof V1_BLOCK_FACTS> {
  return {
    transactions: row.transactions,
    inputs: row.inputs,
    outputs: row.outputs,
    size: row.size,
    fees: amountText(row.fees),
    reward: amountText(row.reward),
    maker: ownerText(row.makerScript, network) ?? null,
  };
}

export function v1BlockSummary(row: BlockRow, network: Network): z.output<typeof V1_BLOCK_SUMMARY> {
  return {
    height: row.height,
    hash: row.hash,
    time: row.time,
    proof: row.proofKind,
    ...v1BlockFacts(row, network),
  };
}
