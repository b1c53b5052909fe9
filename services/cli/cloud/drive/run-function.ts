/**
 * The process of one function: `run-function.ts NAME BUNDLE`, told over its channel what to run. It
 * ends with the process that started it.
 * @module
 */
import { randomUUID } from "node:crypto";
import type { Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import {
  AWSLAMBDA,
  isStreaming,
  openAnswerStream,
} from "#services/cli/cloud/drive/answer-stream.ts";
import { CALL, type CallAnswer } from "#services/cli/cloud/drive/function-call.ts";

type Handler = (event: unknown, context: object) => unknown;

const [, , , bundle = ""] = process.argv;
// A bundle looks for it as it is loaded.
Reflect.set(globalThis, "awslambda", AWSLAMBDA);
/** Loaded at once, as Lambda does: the first call finds it ready. */
const loaded: Promise<{ readonly handler: Handler }> = import(pathToFileURL(bundle).href);
// Whoever calls is told; until then nobody is there who could hear it.
loaded.catch(() => undefined);

/** Of the run that streams. */
let open: Writable | undefined;
/** Whether nobody reads what the run streams: heard also before there is anything to read. */
let isGone = false;

/** @returns once it is on its way, or nobody is there any more */
function say(said: CallAnswer): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(said, () => resolve());
  });
}

async function answerOf(handler: Handler, event: unknown, context: object): Promise<CallAnswer> {
  if (!isStreaming(handler)) return { answer: (await handler(event, context)) ?? null };
  const stream = openAnswerStream(say);
  open = stream;
  if (isGone) stream.destroy();
  try {
    await handler(event, stream, context);
  } catch (cause) {
    // What it had left to say nobody would have read.
    if (!stream.destroyed) throw cause;
  } finally {
    open = undefined;
  }
  return { ended: true };
}

async function run(message: unknown): Promise<CallAnswer> {
  const { event, timeoutMs, name } = CALL.parse(message);
  const startedMs = performance.now();
  const context = {
    functionName: name,
    awsRequestId: randomUUID(),
    // Whole, as Lambda has it: timers refuse what is not.
    getRemainingTimeInMillis: () =>
      Math.max(0, Math.floor(timeoutMs - (performance.now() - startedMs))),
  };
  try {
    const { handler } = await loaded;
    return await answerOf(handler, event, context);
  } catch (cause) {
    return { failure: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) };
  }
}

process.on("message", async (message) => {
  isGone = typeof message === "object" && message !== null && "gone" in message;
  if (isGone) open?.destroy();
  else await say(await run(message));
});
process.on("disconnect", () => process.exit());
