import { openIndexOf } from "#services/cli/embedded/open-index.ts";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import type { ServedNode } from "#services/cli/embedded/serve-node.ts";
import { followTip } from "#services/index/core.ts";
import type { Validator } from "#services/validate/core.ts";
import {
  type DiskChainFile,
  openDiskChainFile,
} from "#shared/adapters/embedded/disk-chain-file.ts";
import { createStreamLog } from "#shared/adapters/embedded/stream-log.ts";
import type { AddressIndex } from "#shared/ports/address-index.ts";

type Importing = Validator["importChain"];
export type ImportOptions = NonNullable<Parameters<Importing>[1]>;
export type ImportSummary = Extract<Awaited<ReturnType<Importing>>, { ok: true }>["value"];

/** Import files of blocks, in this order. @throws StoreFault `EXOS-E2003` when one is not there */
export async function importFiles(
  node: EmbeddedNode,
  paths: readonly string[],
  options: ImportOptions,
): ReturnType<Importing> {
  await using stack = new AsyncDisposableStack();
  const files: DiskChainFile[] = [];
  for (const path of paths) files.push(stack.use(await openDiskChainFile(path)));
  // Awaited here, or the files would be closed before they are read.
  return await node.validator.importChain(files, options);
}

/**
 * Open the index of a node that does not answer, for one task.
 *
 * @throws StoreFault when it cannot be opened
 */
export async function withIndex<T>(
  node: EmbeddedNode,
  task: (index: AddressIndex, follow: ServedNode["catchUp"]) => Promise<T>,
): Promise<T> {
  await using indexing = await openIndexOf(node);
  return await task(indexing.index, async (signal, onProgress) => {
    await followTip(indexing.deps, { signal, onProgress });
  });
}

/** The log of one process, as lines. */
export const createNodeLog = createStreamLog;
