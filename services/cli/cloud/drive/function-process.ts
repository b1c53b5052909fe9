import { fork } from "node:child_process";
import { join } from "node:path";
import type { DrivenFunction } from "#services/cli/cloud/drive/driven-function.ts";
import {
  CALL_ANSWER,
  type Call,
  GONE,
  type StreamHead,
} from "#services/cli/cloud/drive/function-call.ts";

/** Whoever reads an answer that comes in pieces. */
export interface AnswerReader {
  onHead(head: StreamHead): void;
  onPiece(piece: Uint8Array): void;
  /** Aborted once nobody reads any more: the function hears of it at its next piece. */
  readonly gone: AbortSignal;
}

/** A process that has one function loaded. */
export interface FunctionProcess extends AsyncDisposable {
  readonly isAlive: boolean;
  /**
   * Run the function, one run at a time.
   *
   * @param reader of an answer that is streamed; such a run returns nothing
   * @throws FunctionFailure when it failed, took longer than it may, or its process ended; when it
   *   streams and nobody reads
   */
  run(event: unknown, reader?: AnswerReader): Promise<unknown>;
}

/** A run of a function that came to no answer. */
export class FunctionFailure extends Error {
  override readonly name = "FunctionFailure";
}

const ENTRY = join(import.meta.dirname, "run-function.ts");

/**
 * Start a process that loads the bundle of a function, with the environment of that function alone.
 *
 * @param bundles folder that has a folder per function
 * @param client variables that send clients of AWS to the endpoint
 */
export function startFunctionProcess(
  { name, bundle, environment, timeoutSeconds, memoryMb }: DrivenFunction,
  {
    bundles,
    client,
  }: { readonly bundles: string; readonly client: Readonly<Record<string, string>> },
): FunctionProcess {
  // Its name is of its command line, so that whoever looks at processes sees which it is.
  const child = fork(ENTRY, [`function-${name}-`, join(bundles, bundle, "lambda.mjs")], {
    env: { ...client, ...environment, AWS_LAMBDA_FUNCTION_NAME: name },
    execArgv: [`--max-old-space-size=${memoryMb}`],
    // Its channel carries events; what it says goes where this process says what it says.
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  let alive = true;
  const { promise: ended, resolve: settleEnded } = Promise.withResolvers<void>();
  const onEnd = () => {
    alive = false;
    settleEnded();
  };
  // What could not be started never exits, and may have no channel.
  child.once("exit", onEnd).on("error", onEnd);
  const tell = (said: Call | typeof GONE) => {
    if (child.connected) child.send(said, () => undefined);
  };
  return {
    get isAlive() {
      return alive;
    },
    async run(event, reader) {
      const timeoutMs = timeoutSeconds * 1_000;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const onMessage = (message: unknown) => {
        const said = CALL_ANSWER.parse(message);
        if ("failure" in said) reject(new FunctionFailure(`${name} failed: ${said.failure}`));
        else if ("answer" in said) resolve(said.answer);
        else if (reader === undefined) reject(new FunctionFailure(`${name} streams to nobody`));
        else if ("head" in said) reader.onHead(said.head);
        else if ("piece" in said) reader.onPiece(Buffer.from(said.piece, "base64"));
        else resolve(undefined);
      };
      const onGone = () => tell(GONE);
      const onExit = () => reject(new FunctionFailure(`${name}: its process ended`));
      const onError = (cause: Error) =>
        reject(new FunctionFailure(`${name}: its process failed: ${cause.message}`, { cause }));
      child.on("message", onMessage).once("exit", onExit).once("error", onError);
      reader?.gone.addEventListener("abort", onGone, { once: true });
      const timer = setTimeout(() => {
        // What it still does must not happen after its messages are shown to others, nor any run more.
        alive = false;
        child.kill("SIGKILL");
        reject(new FunctionFailure(`${name} took longer than ${timeoutSeconds} s`));
      }, timeoutMs);
      const call: Call = { event, timeoutMs, name };
      if (alive) tell(call);
      else onExit();
      // Whoever left while he waited for a free process is told of as one who leaves now.
      if (reader?.gone.aborted) onGone();
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        child.off("message", onMessage).off("exit", onExit).off("error", onError);
        reader?.gone.removeEventListener("abort", onGone);
      }
    },
    async [Symbol.asyncDispose]() {
      // What was not started has no number, and Node would signal whichever is found in its place.
      if (alive && child.pid !== undefined) child.kill("SIGTERM");
      await ended;
    },
  };
}
