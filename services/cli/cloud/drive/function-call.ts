import * as z from "zod";

/** What the process of a function is told to do. */
export const CALL = z.object({
  event: z.unknown(),
  timeoutMs: z.number(),
  /** Of the function. */
  name: z.string(),
});
export type Call = z.infer<typeof CALL>;

/** What it is told besides: nobody reads what it streams any more. */
export const GONE = { gone: true } as const;

const HEAD = z.object({
  statusCode: z.int(),
  headers: z.record(z.string(), z.string()).default({}),
  cookies: z.array(z.string()).default([]),
});
/** What stands before the first piece of an answer that is streamed. */
export type StreamHead = z.infer<typeof HEAD>;

/**
 * What it says: once it ran, what the handler returned or threw; of one that streams its answer, the
 * head of it, each piece in base64, and that it ended.
 */
export const CALL_ANSWER = z.union([
  z.object({ failure: z.string() }),
  z.object({ answer: z.unknown() }).refine((said) => "answer" in said),
  z.object({ head: HEAD }),
  z.object({ piece: z.base64() }),
  z.object({ ended: z.literal(true) }),
]);
export type CallAnswer = z.input<typeof CALL_ANSWER>;
