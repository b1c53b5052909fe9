import { defineRoute } from "#services/rpc/routes/route.ts";
import { V1_HEADER, v1Header } from "#services/rpc/shapes/v1-header.ts";
import { viewHeader } from "#services/rpc/views/header-view.ts";

export const getTip = defineRoute({
  operationId: "getTip",
  tag: "chain",
  summary: "The header of the tip",
  cost: 1,
  params: {},
  query: {},
  answer: V1_HEADER,
  problems: [],
  async run(_, { chain }) {
    const value = v1Header(await viewHeader(chain.tipHeader, chain), chain.finalHeight);
    return { ok: true, value: { value, cache: { kind: "tip" } } };
  },
});
