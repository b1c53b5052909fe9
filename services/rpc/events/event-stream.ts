import type { Entropy } from "#shared/ports/entropy.ts";
import { type EventSource, tipEvents } from "./tip-events.ts";

/** What an answer that streams is made with. */
export interface StreamOptions {
  readonly entropy: Pick<Entropy, "bytes">;
  /** Told when the stream is over, however it ended; perhaps twice. The end waits for it. */
  readonly ended?: (() => void | Promise<void> | undefined) | undefined;
}

/** A stream of events as an answer; it ends when its reader goes. */
export function eventStream(
  source: EventSource,
  request: { readonly headers: Headers },
  { entropy, ended = () => undefined }: StreamOptions,
): Response {
  const run = Buffer.from(entropy.bytes(6)).toString("hex");
  const resumed = request.headers.get("last-event-id") !== null;
  const gone = new AbortController();
  const events = tipEvents(source, { run, resumed }, gone.signal);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await events.next().catch(async (cause: unknown) => {
        await ended();
        throw cause;
      });
      if (done !== true) return controller.enqueue(encoder.encode(value));
      await ended();
      controller.close();
    },
    async cancel() {
      gone.abort();
      await ended();
    },
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
  });
}

const TOPICS = ["tip"];

/** Whether every topic of `?topics=` is told here; none named is all. */
export function areTopicsTold(topics: string | null | undefined): boolean {
  return (topics ?? "tip").split(",").every((topic) => TOPICS.includes(topic));
}
