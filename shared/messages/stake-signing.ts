import * as z from "zod";

/**
 * What the signer is asked: to sign a template of the next block, or a transaction that sweeps the
 * key's coins to where they may go, both in base64, or which key it has.
 */
const Asked = z.discriminatedUnion("kind", [
  z.object({ v: z.literal(1), kind: z.literal("template"), block: z.base64().max(6_000_000) }),
  z.object({ v: z.literal(1), kind: z.literal("sweep"), transaction: z.base64().max(200_000) }),
  z.object({ v: z.literal(1), kind: z.literal("key") }),
]);

/** The signer's answer: the whole block or transaction, or why there is none; its key, compressed. */
const Answered = z.discriminatedUnion("kind", [
  z.object({ v: z.literal(1), kind: z.literal("signed"), block: z.base64() }),
  z.object({ v: z.literal(1), kind: z.literal("swept"), transaction: z.base64() }),
  z.object({
    v: z.literal(1),
    kind: z.literal("key"),
    publicKey: z.string().regex(/^0[23][0-9a-f]{64}$/),
  }),
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
