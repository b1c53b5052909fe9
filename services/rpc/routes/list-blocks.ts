import * as z from "zod";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { PAGE_QUERY, pageSchema } from "#services/rpc/routes/schemas.ts";
import { V1_BLOCK_SUMMARY, v1BlockSummary } from "#services/rpc/shapes/v1-block.ts";
import { indexPoint } from "#services/rpc/views/index-point.ts";
import { openCursor, printCursor } from "#services/rpc/views/page-cursor.ts";
import { height } from "#shared/primitives/brand.ts";

const PATH = "/v1/blocks";

export const listBlocks = defineRoute({
  operationId: "listBlocks",
  tag: "chain",
  summary: "Blocks of the chain, newest first",
  cost: 2,
  params: {},
  query: {
    ...PAGE_QUERY,
    before: z.coerce
      .number()
      .int()
      .min(0)
      .optional()
      .meta({ description: "Begin with the block below this height" }),
  },
  answer: pageSchema(V1_BLOCK_SUMMARY),
  problems: ["EXOS-E4005", "EXOS-E4090"],
  async run({ cursor, limit, before }, { chain, deps, stores }) {
    const at = await indexPoint(chain, stores);
    const next = Math.min(at.height, (before ?? at.height + 1) - 1);
    if (next < 0) return page([], null);
    const opened = await openCursor(cursor, { cursor: { at, next }, path: PATH }, chain);
    if (!opened.ok) return opened;

    const rows = await stores.index.blockRows(height(opened.value.next), limit);
    const last = rows.at(-1)?.height ?? 0;
    const more = last === 0 ? null : printCursor({ at: opened.value.at, next: last - 1 });
    return page(rows, more, opened.value.at);

    function page(items: typeof rows, more: string | null, tied = at) {
      const value = {
        items: items.map((row) => v1BlockSummary(row, deps.network)),
        next: more,
        at: { height: tied.height, hash: tied.hash },
      };
      return { ok: true, value: { value, cache: { kind: "recent" }, at } } as const;
    }
  },
});
