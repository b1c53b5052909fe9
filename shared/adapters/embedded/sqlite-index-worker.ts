import { parentPort, workerData } from "node:worker_threads";
import type { StoreFault } from "#shared/ports/store-fault.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";
import { INDEX_DDL, INDEX_VERSION, type IndexSchema } from "./index-schema.ts";
import { openSqliteDatabase, type SqliteHandle } from "./sqlite-database.ts";
import { createIndexReader } from "./sqlite-index-reader.ts";
import { createIndexWriter } from "./sqlite-index-writer.ts";
import { createSqliteRichList } from "./sqlite-rich-list.ts";
import { storeFault, storeFaultOf } from "./store-fault-of.ts";

/** What the thread is started with. */
export interface IndexWorkerData {
  readonly path: string;
  readonly wire: WireFormat;
}

/** One call of a method of the index. */
export interface IndexCall {
  readonly id: number;
  readonly method: string;
  readonly input: readonly unknown[];
}

/** Its answer. A fault crosses the threads as its members. */
export type IndexAnswer = { readonly id: number } & (
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly message: string;
      /** `undefined` says that it is a bug, not a fault of the store. */
      readonly fault: Pick<StoreFault, "retryable" | "code"> | undefined;
    }
);

function openIndex(path: string): SqliteHandle<IndexSchema> {
  const handle = openSqliteDatabase<IndexSchema>(path);
  const version = handle.db.prepare("pragma user_version").get()?.["user_version"];
  if (version !== 0 && version !== INDEX_VERSION) {
    throw storeFault("EXOS-E1010", `${path} has index version ${version}, not ${INDEX_VERSION}`);
  }
  handle.db.exec(INDEX_DDL);
  return handle;
}

/** A damaged index has a remedy of its own: it is built again from the blocks. */
function indexFault(cause: unknown, path: string): StoreFault {
  const fault = storeFaultOf(cause, path, "the index");
  return fault.code === "EXOS-E1004" && fault !== cause
    ? storeFault("EXOS-E1010", path, cause)
    : fault;
}

function serve({ path, wire }: IndexWorkerData, port: NonNullable<typeof parentPort>): void {
  let handle: SqliteHandle<IndexSchema> | undefined;
  let methods: Readonly<Record<string, unknown>> = {};

  const own: Readonly<Record<string, unknown>> = {
    open() {
      handle = openIndex(path);
      methods = {
        ...createIndexReader(handle),
        ...createIndexWriter(handle, wire),
        ...createSqliteRichList(handle),
      };
    },
    close: () => handle?.db.close(),
  };

  async function answer({ id, method, input }: IndexCall): Promise<IndexAnswer> {
    try {
      const call = own[method] ?? methods[method];
      if (typeof call !== "function") throw new RangeError(`no method ${method}`);
      return { id, ok: true, value: await call(...input) };
    } catch (cause) {
      if (cause instanceof RangeError || cause instanceof TypeError) {
        return { id, ok: false, message: cause.message, fault: undefined };
      }
      const { message, retryable, code } = indexFault(cause, path);
      return { id, ok: false, message, fault: { retryable, code } };
    }
  }

  port.on("message", (call: IndexCall) => {
    void answer(call).then((given) => port.postMessage(given));
  });
}

// Started as a thread of its own by `openSqliteAddressIndex`, with these data.
if (parentPort !== null) serve(workerData as IndexWorkerData, parentPort);
