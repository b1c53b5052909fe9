/**
 * The process of one function: `run-function.ts NAME BUNDLE`, told over its channel what to run. It
 * ends with the process that started it.
 * @module
 */
import { randomUUID } from "node:crypto";
import { CALL, type CallAnswer } from "#services/cli/cloud/drive/function-call.ts";

type Handler = (event: unknown, context: object) => unknown;

const [, , , bundle = ""] = process.argv;
/** Loaded at once, as Lambda does: the first call finds it ready. */
const loaded: Promise<{ readonly handler: Handler }> = import(bundle);
// Whoever calls is told; until then nobody is there who could hear it.
loaded.catch(() => undefined);

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
    return { answer: (await handler(event, context)) ?? null };
  } catch (cause) {
    return { failure: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) };
  }
}

process.on("message", async (message) => {
  const said = await run(message);
  process.send?.(said);
});
process.on("disconnect", () => process.exit());
