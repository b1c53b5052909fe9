import * as z from "zod";
import { refused } from "#services/rpc/problems.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";
import {
  AMOUNT_SCHEMA,
  amountText,
  HASH_SCHEMA,
  HEIGHT_SCHEMA,
  TIME_SCHEMA,
} from "#services/rpc/routes/schemas.ts";
import { STAKE_REASONS, type StakingStatus } from "#shared/ports/staking.ts";

const ANSWER = z.object({
  enabled: z.boolean(),
  searching: z.boolean().meta({ description: "Kernels are tried now" }),
  reason: z.object({
    code: z.enum(STAKE_REASONS),
    text: z.string(),
    since: TIME_SCHEMA,
    next: TIME_SCHEMA.meta({ description: "When it is looked at again, or ends" }),
    fix: z.string(),
  }),
  wins: z
    .array(
      z.object({
        code: z.enum(["won", "orphaned"]),
        text: z.string(),
        hash: HASH_SCHEMA,
        height: HEIGHT_SCHEMA,
        time: TIME_SCHEMA,
        gain: AMOUNT_SCHEMA,
        blocksLeft: z.int().min(0),
      }),
    )
    .meta({ description: "Blocks since the start whose coins still rest" }),
  weight: AMOUNT_SCHEMA,
  coins: z.int().min(0),
  immature: AMOUNT_SCHEMA,
  reserve: AMOUNT_SCHEMA,
  chancePerSlot: z.number().min(0).max(1),
  expectedSeconds: z.number().nullable(),
});

function answerOf(status: StakingStatus): z.output<typeof ANSWER> {
  const { enabled, searching, reason, wins, weight, coins, immature, reserve } = status;
  return {
    enabled,
    searching,
    reason,
    wins: wins.map((win) => ({ ...win, gain: amountText(win.gain) })),
    weight: amountText(weight),
    coins,
    immature: amountText(immature),
    reserve: amountText(reserve),
    chancePerSlot: status.chancePerSlot,
    expectedSeconds: status.expectedSeconds ?? null,
  };
}

export const getStakingStatus = defineRoute({
  operationId: "getStakingStatus",
  tag: "staking",
  summary: "How this node stakes, and the one reason why it does not",
  cost: 1,
  params: {},
  query: {},
  answer: ANSWER,
  problems: ["EXOS-E6003"],
  async run(_, { deps }) {
    const status = await deps.staking?.status();
    if (status === undefined) return refused("EXOS-E6003", "This node does not stake");
    return { ok: true, value: { value: answerOf(status), cache: { kind: "none" } } };
  },
});
