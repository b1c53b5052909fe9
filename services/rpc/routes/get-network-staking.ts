import * as z from "zod";
import { refused } from "#services/rpc/problems.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { AMOUNT_SCHEMA, amountText } from "#services/rpc/routes/schemas.ts";
import { readNetworkStake } from "#services/rpc/views/network-stake.ts";

export const getNetworkStaking = defineRoute({
  operationId: "getNetworkStaking",
  tag: "staking",
  summary: "Who stakes on the network, as its latest blocks let guess",
  cost: 5,
  params: {},
  query: {},
  answer: z.object({
    weight: AMOUNT_SCHEMA.meta({ description: "Base units that stake, a guess" }),
    difficulty: z.number(),
    spacingSeconds: z.number().meta({ description: "Mean between the latest stakes" }),
    blocks: z.int().min(0).meta({ description: "Stakes that guess and mean rest on" }),
    reward: AMOUNT_SCHEMA.meta({ description: "Of a block beside its fees" }),
    stakers24h: z.int().min(0),
    histogram: z
      .array(z.object({ secondsMax: z.int().nullable(), blocks: z.int().min(0) }))
      .meta({ description: "Times between the blocks of the last day; null: longer" }),
  }),
  problems: ["EXOS-E6003"],
  async run(_, { chain, stores, deps }) {
    const { stake } = deps.network.consensus;
    if (stake === undefined) {
      return refused("EXOS-E6003", `${deps.network.name} has no proof of stake`);
    }
    const found = await readNetworkStake(chain, stores, stake);
    const value = {
      weight: amountText(BigInt(found.weight)),
      difficulty: found.difficulty,
      spacingSeconds: found.spacingSeconds,
      blocks: found.blocks,
      reward: amountText(stake.reward),
      stakers24h: found.stakers24h,
      histogram: [...found.histogram],
    };
    return { ok: true, value: { value, cache: { kind: "tip" } } };
  },
});
