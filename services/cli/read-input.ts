import { on } from "node:events";
import type { Readable } from "node:stream";

/**
 * What is typed or piped in, piece by piece to its end. Whoever stops reading, or is stopped, leaves
 * the input at rest: one that is still listened to keeps the process alive.
 *
 * @throws the signal's reason, or an AbortError, once it is aborted: pieces are no answer then
 */
export async function* readInput(input: Readable, signal: AbortSignal): AsyncGenerator<string> {
  signal.throwIfAborted();
  if (input.readableEnded || input.destroyed) return;
  input.setEncoding("utf8");
  const pieces = on(input, "data", { signal, close: ["end", "close"] });
  try {
    input.resume();
    for await (const [piece] of pieces) {
      signal.throwIfAborted();
      yield String(piece);
    }
  } finally {
    input.pause();
  }
}
