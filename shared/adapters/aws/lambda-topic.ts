import type { Log } from "#shared/ports/log.ts";

/** Of what a topic hands to a function, what is read. @source aws-lambda SNSEvent */
export interface TopicEvent {
  readonly Records: readonly { readonly Sns: { readonly Message: string } }[];
}

/**
 * Handle what a topic delivers. A failure is thrown: the topic's function is called again, and ends
 * in the dead events.
 */
export async function handleTopic<Message>(
  { Records }: TopicEvent,
  {
    read,
    handle,
    log,
  }: {
    /** @returns `undefined` for text that is no message: it is logged and dropped */
    readonly read: (text: string) => Message | undefined;
    readonly handle: (message: Message) => Promise<unknown>;
    readonly log: Pick<Log, "warn">;
  },
): Promise<void> {
  for (const { Sns } of Records) {
    const message = read(Sns.Message);
    if (message === undefined) log.warn("EXOS-E8110", "unreadable hint dropped");
    else await handle(message);
  }
}
