import * as z from "zod";

/** What the signer is asked: a template of the next block, in base64. */
const Asked = z.object({
  v: z.literal(1),
  kind: z.literal("template"),
  block: z.base64().max(6_000_000),
});

/** The signer's answer: the whole block, or why there is none. */
const Answered = z.discriminatedUnion("kind", [
  z.object({ v: z.literal(1), kind: z.literal("signed"), block: z.base64() }),
  z.object({
    v: z.literal(1),
    kind: z.literal("refused"),
    code: z.string().regex(/^EXOS-E\d{4}$/),
    message: z.string(),
  }),
]);

export type StakeAsked = z.infer<typeof Asked>;
export type StakeAnswered = z.infer<typeof Answered>;

/** @returns `undefined` when the value is no such question */
export function parseStakeAsked(value: unknown): StakeAsked | undefined {
  return Asked.safeParse(value).data;
}

/** @returns `undefined` when the value is no such answer */
export function parseStakeAnswered(value: unknown): StakeAnswered | undefined {
  return Answered.safeParse(value).data;
}
