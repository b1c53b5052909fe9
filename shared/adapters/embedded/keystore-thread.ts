import { Worker } from "node:worker_threads";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import { createKeystoreDesk } from "./keystore-desk.ts";
import type {
  KeystoreAnswer,
  KeystoreCall,
  KeystoreCalls,
  KeystoreNetwork,
} from "./keystore-messages.ts";

/** A thread that secrets go to, and do not come back from. */
export interface KeystoreThread extends AsyncDisposable {
  /** @throws StoreFault retryable when the thread failed or died */
  ask<Kind extends KeystoreCall>(
    kind: Kind,
    ask: KeystoreCalls[Kind]["ask"],
  ): Promise<Result<KeystoreCalls[Kind]["answer"], Refusal>>;
}

/**
 * Starts what answers.
 *
 * @param died called once if it ends by itself
 */
export type StartKeystoreThread = (network: KeystoreNetwork, died?: () => void) => KeystoreThread;

/**
 * The same in the calling thread, for a program that does one thing and ends: a thread would outlive
 * the words in its memory by nothing, and takes a quarter of a second to start.
 */
export const startInline: StartKeystoreThread = (network) => {
  const desk = createKeystoreDesk(network);
  return {
    async ask(kind, ask) {
      return desk[kind](ask);
    },
    async [Symbol.asyncDispose]() {
      desk.lock({});
    },
  };
};

interface Pending {
  readonly resolve: (result: Result<unknown, Refusal>) => void;
  readonly reject: (fault: StoreFault) => void;
}

/**
 * Start a thread; its memory, words and passwords in it included, is given back when it ends.
 *
 * @param died called once if it ends by itself
 */
export function startKeystoreThread(
  { name, kind, addresses, consensus }: KeystoreNetwork,
  died: () => void = () => undefined,
): KeystoreThread {
  const { wire, dialect, stake, work, premine } = consensus;
  const workerData: KeystoreNetwork = {
    name,
    kind,
    addresses,
    consensus: { wire, dialect, stake, work, premine },
  };
  const url = new URL("./keystore-worker.ts", import.meta.url);
  const worker = new Worker(url, { workerData, argv: [], env: {} });
  const pending = new Map<number, Pending>();
  let nextId = 0;
  let ended = false;

  const end = (why: string) => {
    if (ended) return;
    ended = true;
    const fault = new StoreFault(`the thread of the keys ${why}`, { retryable: true });
    for (const { reject } of pending.values()) reject(fault);
    pending.clear();
  };
  worker.on("message", (answer: KeystoreAnswer) => {
    const waiting = pending.get(answer.id);
    pending.delete(answer.id);
    if ("result" in answer) waiting?.resolve(answer.result);
    else waiting?.reject(new StoreFault(`signing failed: ${answer.failed}`, { retryable: true }));
  });
  worker.on("error", (cause) => {
    // Its message may quote a secret, so only its name is passed on.
    end(`died: ${cause instanceof Error ? cause.name : "unknown"}`);
    died();
  });
  worker.on("exit", () => {
    const byItself = !ended;
    end("ended");
    if (byItself) died();
  });

  return {
    ask(kind, ask) {
      if (ended) {
        const fault = new StoreFault("the thread of the keys has ended", { retryable: true });
        return Promise.reject(fault);
      }
      const id = nextId++;
      return new Promise((resolve, reject) => {
        // The thread answers with the type that belongs to the kind.
        pending.set(id, { resolve: resolve as Pending["resolve"], reject });
        worker.postMessage({ id, kind, ask });
      });
    },
    async [Symbol.asyncDispose]() {
      end("was stopped");
      await worker.terminate();
    },
  };
}
