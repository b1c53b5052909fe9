import * as z from "zod";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { ERROR_CATALOGUE } from "#shared/primitives/error-catalogue.ts";

const ROW = z.object({
  code: z.string(),
  status: z.int(),
  title: z.string(),
  sentence: z.string(),
  hint: z.string(),
});

export const listErrors = defineRoute({
  operationId: "listErrors",
  tag: "service",
  summary: "Every failure with a code, and what to do",
  cost: 1,
  params: {},
  query: {},
  answer: z.object({ errors: z.array(ROW) }),
  problems: [],
  async run() {
    const errors = Object.entries(ERROR_CATALOGUE).map(([code, row]) => ({ code, ...row }));
    return { ok: true, value: { value: { errors }, cache: { kind: "recent" } } };
  },
});
