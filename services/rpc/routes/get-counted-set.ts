import * as z from "zod";
import { refused } from "#services/rpc/problems.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { HASH_SCHEMA, HEIGHT_SCHEMA } from "#services/rpc/routes/schemas.ts";

/** By it cities are witnesses of each other's snapshots. @source cloud.md 5.4 "Trust" */
export const getCountedSet = defineRoute({
  operationId: "getCountedSet",
  tag: "chain",
  summary: "MuHash of the unspent set at a block where snapshots end, as this city counted it",
  cost: 1,
  params: {
    height: z.coerce.number().int().min(0).max(0x7fff_ffff).meta({ example: 999 }),
  },
  query: {},
  answer: z.object({ height: HEIGHT_SCHEMA, hash: HASH_SCHEMA, muhash: HASH_SCHEMA }),
  problems: ["EXOS-E4041"],
  async run({ height }, { chain, deps }) {
    const hash = await chain.hashAt(height);
    const trust = await deps.trustOf?.(chain.committed.gen);
    // What followed from a snapshot that is only assumed was counted by whoever wrote it.
    const isOwn = trust?.assumed !== true;
    const muhash = hash !== undefined && isOwn ? await deps.counted?.({ height, hash }) : undefined;
    if (hash === undefined || muhash === undefined) {
      const why = isOwn ? "" : ": its coins came from a snapshot that is not confirmed yet";
      return refused("EXOS-E4041", `This city counted no set at height ${height}${why}`);
    }
    const confirmations = chain.tip.height - height + 1;
    return {
      ok: true,
      value: { value: { height, hash, muhash }, cache: { kind: "position", confirmations } },
    };
  },
});
