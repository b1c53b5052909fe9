import * as z from "zod";
import { refused } from "#services/rpc/problems.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";

const SIZES = /^(\d{1,2})\/(\d{1,2})$/;

export const postPartition = defineRoute({
  operationId: "setPartition",
  tag: "fleet",
  summary: "Cut the cities of this process in two groups, or join them",
  cost: 1,
  params: {},
  query: {
    split: z.string().regex(SIZES).nullable().meta({
      description: "Sizes of two groups, or null to join all",
      example: "6/7",
    }),
  },
  answer: z.object({ groups: z.array(z.array(z.string())) }),
  problems: ["EXOS-E8002"],
  async run({ split }, { deps: { fleet } }) {
    if (fleet === undefined) return refused("EXOS-E8002", "This process runs one node, no fleet");
    if (split === null) fleet.heal();
    else {
      const [, first = "0", second = "0"] = SIZES.exec(split) ?? [];
      const cut = fleet.partition(Number(first), Number(second));
      if (!cut.ok) return refused("EXOS-E8002", cut.error.message);
    }
    const groups = fleet.groups().map((group) => [...group]);
    return { ok: true, value: { value: { groups }, cache: { kind: "none" } } };
  },
});
