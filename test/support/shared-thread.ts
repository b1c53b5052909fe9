import type { KeystoreNetwork } from "#shared/adapters/embedded/keystore-messages.ts";
import {
  type KeystoreThread,
  type StartKeystoreThread,
  startKeystoreThread,
} from "#shared/adapters/embedded/keystore-thread.ts";

/** A thread of keys that is started once, and ends with the file of its tests. */
export function sharedThread(network: KeystoreNetwork) {
  let thread: KeystoreThread | undefined;
  const start: StartKeystoreThread = () => {
    thread ??= startKeystoreThread(network);
    const own = thread;
    return {
      ask: own.ask,
      async [Symbol.asyncDispose]() {
        // Others go on with it.
      },
    };
  };
  return { start, stop: async () => thread?.[Symbol.asyncDispose]() };
}
