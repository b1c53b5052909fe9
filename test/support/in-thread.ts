import { Worker } from "node:worker_threads";

/** What the thread runs: exports of a module of ours, with plain arguments. */
const RUN = `
  const { parentPort, workerData } = require("node:worker_threads");
  parentPort.on("message", async ({ id, name, args }) => {
    try {
      const exports = await import(workerData);
      parentPort.postMessage({ id, answer: await exports[name](...args) });
    } catch (cause) {
      parentPort.postMessage({ id, cause });
    }
  });
`;

type Answer<T> = { readonly id: number } & ({ readonly answer: T } | { readonly cause: unknown });

const threads = new Map<string, Worker>();
let calls = 0;

/**
 * Call a function in another thread. What stretches keys takes ten times as long where lines are
 * counted for coverage, and nobody counts there. A module keeps its thread for whoever calls next.
 *
 * @param module path from the root of the project
 */
export async function inThread<T>(module: string, name: string, ...args: unknown[]): Promise<T> {
  const thread = threadOf(module);
  const id = ++calls;
  thread.postMessage({ id, name, args });
  // Whoever waits for an answer keeps the process, and a thread without work does not.
  thread.ref();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const hear = (said: Answer<T>) => {
    if (said.id !== id) return;
    if ("cause" in said) reject(said.cause);
    // The caller knows what the function returns.
    else resolve(said.answer);
  };
  const miss = () => reject(new RangeError("the thread ended without an answer"));
  thread.on("message", hear).once("error", reject).once("exit", miss);
  try {
    return await promise;
  } finally {
    thread.off("message", hear).off("error", reject).off("exit", miss).unref();
  }
}

function threadOf(module: string): Worker {
  const known = threads.get(module);
  if (known !== undefined) return known;
  const thread = new Worker(RUN, {
    eval: true,
    workerData: new URL(`../../${module}`, import.meta.url).href,
  });
  thread.once("exit", () => threads.delete(module));
  threads.set(module, thread);
  return thread;
}
