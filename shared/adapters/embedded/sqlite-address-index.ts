import { Worker } from "node:worker_threads";
import type { AddressIndex, AddressIndexWriter } from "#shared/ports/address-index.ts";
import type { RichList } from "#shared/ports/rich-list.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { IndexAnswer, IndexCall, IndexWorkerData } from "./sqlite-index-worker.ts";

/** An index that holds its file and its thread until it is disposed of. */
export type SqliteAddressIndex = Methods & AsyncDisposable;

type Methods = AddressIndex & AddressIndexWriter & RichList;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: Error) => void;
}

/** Calls into the thread, by number, until each has its answer. */
class IndexThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #ended: StoreFault | undefined;

  constructor(data: IndexWorkerData) {
    this.#worker = new Worker(new URL("./sqlite-index-worker.ts", import.meta.url), {
      workerData: data,
      // Nothing of what this process was started with, such as a test runner's hooks.
      execArgv: [],
    });
    this.#worker.on("message", (answer: IndexAnswer) => this.#settle(answer));
    this.#worker.on("error", (cause) => this.#end(cause));
    this.#worker.on("exit", () => this.#end(undefined));
  }

  call(method: string, ...input: readonly unknown[]): Promise<unknown> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, method, input } satisfies IndexCall);
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(answer: IndexAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.ok) waiting?.resolve(answer.value);
    else if (answer.fault === undefined) waiting?.reject(new RangeError(answer.message));
    else waiting?.reject(faultOf(answer.message, answer.fault));
  }

  #end(cause: unknown): void {
    this.#ended ??= faultOf("The index's thread has ended.", { retryable: false }, cause);
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

function faultOf(
  message: string,
  { retryable, code = "EXOS-E1000" }: Partial<Pick<StoreFault, "code">> & { retryable: boolean },
  cause?: unknown,
): StoreFault {
  return new StoreFault(message, { retryable, code, cause });
}

/**
 * The index in one SQLite file, in a thread of its own: indexing and long questions leave the main
 * thread alone.
 *
 * @param options `path` of the file, made where absent
 * @throws StoreFault when the file is not writable, or `EXOS-E1010` when it is damaged or too old
 */
export async function openSqliteAddressIndex(
  options: IndexWorkerData,
): Promise<SqliteAddressIndex> {
  const thread = new IndexThread(options);
  try {
    await thread.call("open");
  } catch (cause) {
    await thread.stop();
    throw cause;
  }
  return {
    ...forwarded(thread),
    async [Symbol.asyncDispose]() {
      try {
        await thread.call("close");
      } finally {
        await thread.stop();
      }
    },
  };
}

/** Every method of all interfaces, called in the thread. */
function forwarded(thread: IndexThread): Methods {
  // The thread runs the method of this name, which has this type.
  const forward = <Method>(name: string) =>
    ((...input: readonly unknown[]) => thread.call(name, ...input)) as Method;
  return {
    cursor: forward<Methods["cursor"]>("cursor"),
    base: forward<Methods["base"]>("base"),
    blockRow: forward<Methods["blockRow"]>("blockRow"),
    blockRows: forward<Methods["blockRows"]>("blockRows"),
    transactionPlace: forward<Methods["transactionPlace"]>("transactionPlace"),
    outputs: forward<Methods["outputs"]>("outputs"),
    spenders: forward<Methods["spenders"]>("spenders"),
    totals: forward<Methods["totals"]>("totals"),
    history: forward<Methods["history"]>("history"),
    coins: forward<Methods["coins"]>("coins"),
    begin: forward<Methods["begin"]>("begin"),
    seed: forward<Methods["seed"]>("seed"),
    add: (blocks) =>
      // A view would drag its whole buffer into the other thread.
      forward<Methods["add"]>("add")(
        blocks.map((block) =>
          block.bytes.length === block.bytes.buffer.byteLength
            ? block
            : { ...block, bytes: block.bytes.slice() },
        ),
      ),
    follow: forward<Methods["follow"]>("follow"),
    clear: forward<Methods["clear"]>("clear"),
    richest: forward<Methods["richest"]>("richest"),
  };
}
