import {
  openSqliteAddressIndex,
  type SqliteAddressIndex,
} from "#shared/adapters/embedded/sqlite-address-index.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";
import type { IndexDeps } from "./core.ts";

/** What the process that embeds this service brings along, because other services share it. */
export type Shared = Pick<IndexDeps, "coins" | "blocks" | "seed">;

/** Where the index lies, and how its blocks are written. */
export interface EmbeddedOptions {
  /** Of the index file, made where absent. */
  readonly path: string;
  readonly wire: WireFormat;
}

/** The open index with its writer, until it is disposed of. */
export interface EmbeddedIndex extends AsyncDisposable {
  readonly deps: IndexDeps;
  /** For readers, such as the API. */
  readonly index: SqliteAddressIndex;
}

/** The service inside one process. @throws StoreFault when the index cannot be opened */
export async function composeEmbedded(
  shared: Shared,
  options: EmbeddedOptions,
): Promise<EmbeddedIndex> {
  const index = await openSqliteAddressIndex(options);
  return {
    deps: { ...shared, index },
    index,
    [Symbol.asyncDispose]: () => index[Symbol.asyncDispose](),
  };
}
