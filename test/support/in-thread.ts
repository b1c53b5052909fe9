import { Worker } from "node:worker_threads";

/** What the thread runs: one export of a module of ours, with plain arguments. */
const RUN = `
  const { parentPort, workerData: { module, name, args } } = require("node:worker_threads");
  import(module).then((exports) => parentPort.postMessage(exports[name](...args)));
`;

/**
 * Call a function in a thread of its own. What stretches keys takes ten times as long where lines
 * are counted for coverage, and nobody counts there.
 *
 * @param module path from the root of the project
 */
export async function inThread<T>(module: string, name: string, ...args: unknown[]): Promise<T> {
  const url = new URL(`../../${module}`, import.meta.url).href;
  const worker = new Worker(RUN, { eval: true, workerData: { module: url, name, args } });
  try {
    // The caller knows what the function returns.
    return await new Promise<T>((resolve, reject) => {
      worker.once("message", (answer: T) => resolve(answer));
      worker.once("error", reject);
      worker.once("exit", () => reject(new RangeError("the thread ended without an answer")));
    });
  } finally {
    await worker.terminate();
  }
}
