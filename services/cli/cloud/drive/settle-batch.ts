import * as z from "zod";

/** A message that a queue delivered. */
export interface DrivenMessage {
  readonly id: string;
  /** What the queue is told to forget it by. */
  readonly receipt: string;
  readonly body: string;
  /** What the queue says of it, such as `ApproximateReceiveCount`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** `traceparent` that it carries beside its body, where whoever sent it is traced. */
  readonly traceparent?: string | undefined;
}

const ANSWER = z
  .object({
    batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
  })
  .nullish();

/**
 * Which messages of a batch the queue may forget after a function answered. What it names as failed
 * stays, and in a queue that keeps order all that follows it in its group. An answer that is no such
 * list, or names what was not in the batch, is as if all had failed.
 *
 * @source AWS Lambda, "Implementing partial batch responses": success and failure conditions
 */
export function settleBatch(
  messages: readonly DrivenMessage[],
  answer: unknown,
  ordered: boolean,
): readonly DrivenMessage[] {
  const parsed = ANSWER.safeParse(answer);
  if (!parsed.success) return [];
  const failed = new Set(
    parsed.data?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier),
  );
  const known = new Set(messages.map(({ id }) => id));
  if ([...failed].some((id) => !known.has(id))) return [];
  const stopped = new Set<string>();
  return messages.filter(({ id, attributes }) => {
    const group = attributes["MessageGroupId"] ?? "";
    if (failed.has(id)) stopped.add(group);
    return !failed.has(id) && !(ordered && stopped.has(group));
  });
}
