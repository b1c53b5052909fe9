/**
 * The thread that sees secrets, for `keystore-thread.ts`. What it answers is public, but for the
 * words that an owner asks for; a failure of its own is told by its name alone, since a message may
 * quote what it was about.
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { createKeystoreDesk, type KeystoreDesk } from "./keystore-desk.ts";
import type { KeystoreAnswer, KeystoreNetwork, KeystoreRequest } from "./keystore-messages.ts";

// What `keystore-thread.ts` started this thread with.
const desk = createKeystoreDesk(workerData as KeystoreNetwork);

parentPort?.on("message", (request: KeystoreRequest) => {
  parentPort?.postMessage(answerTo(request, desk));
});

function answerTo(
  request: KeystoreRequest,
  { [request.kind]: call }: KeystoreDesk,
): KeystoreAnswer {
  const { id, ask } = request;
  try {
    // The kind of the request chose both.
    return {
      id,
      result: (call as (ask: unknown) => Extract<KeystoreAnswer, { result: unknown }>["result"])(
        ask,
      ),
    };
  } catch (cause) {
    return { id, failed: cause instanceof Error ? cause.name : "unknown" };
  }
}
