import * as z from "zod";
import type { LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";

/** A message that somebody received and that the queue has not forgotten yet. */
export interface HeldMessage {
  readonly id: string;
  /** How often it was received. */
  readonly attempt: number;
}

/** By account, region and address of the queue. */
const LOOK = z.object({
  messages: z.record(
    z.string(),
    z.record(
      z.string(),
      z.record(
        z.string(),
        z.array(z.object({ MessageId: z.string(), IsVisible: z.boolean(), ReceiveCount: z.int() })),
      ),
    ),
  ),
});

/**
 * What is held of a queue, without receiving it: MiniStack tells it beside what AWS has.
 *
 * @throws RangeError when it answers otherwise
 */
export async function heldMessages(
  { url }: Pick<LocalEndpoint, "url">,
  queueUrl: string,
): Promise<readonly HeldMessage[]> {
  const asked = await fetch(
    `${url}/_ministack/sqs/messages?QueueUrl=${encodeURIComponent(queueUrl)}`,
  );
  const said = LOOK.safeParse(await asked.json());
  if (!said.success) throw new RangeError(`${url} does not tell what is held of ${queueUrl}`);
  const all = Object.values(said.data.messages).flatMap((regions) => Object.values(regions));
  return all
    .flatMap((queues) => Object.values(queues).flat())
    .filter(({ IsVisible, ReceiveCount }) => !IsVisible && ReceiveCount > 0)
    .map(({ MessageId, ReceiveCount }) => ({ id: MessageId, attempt: ReceiveCount }));
}
