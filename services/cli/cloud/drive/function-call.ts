import * as z from "zod";

/** What the process of a function is told. */
export const CALL = z.object({
  event: z.unknown(),
  timeoutMs: z.number(),
  /** Of the function. */
  name: z.string(),
});
export type Call = z.infer<typeof CALL>;

/** What it says once it ran: what the handler returned, or threw. */
export const CALL_ANSWER = z.union([
  z.object({ failure: z.string() }),
  z.object({ answer: z.unknown() }),
]);
export type CallAnswer = z.infer<typeof CALL_ANSWER>;
