import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmbeddedNode, type NodeOptions, openNode } from "#services/cli/embedded/open-node.ts";
import { openDiskChainFile } from "#shared/adapters/embedded/disk-chain-file.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createSystemClock, type SystemClock } from "#shared/adapters/embedded/system-clock.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { Log } from "#shared/ports/log.ts";

/** A folder that goes when it is disposed of. */
export interface TemporaryFolder extends Disposable {
  readonly path: string;
}

export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), "exos-node-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export interface TestNodeOptions {
  readonly jobs?: number;
  readonly clock?: SystemClock;
  readonly log?: Log;
  /** Headers of all peers together, for a node with peers. */
  readonly headersMax?: number;
  readonly policy?: NonNullable<NodeOptions["policy"]>;
  readonly flushBlocks?: number;
}

/** A whole node on its own stores in a folder, verifying inline unless told otherwise. */
export function openTestNode(
  network: Network,
  root: string,
  options: TestNodeOptions = {},
): Promise<EmbeddedNode> {
  const clock = options.clock ?? createSystemClock();
  const log = options.log ?? createMemoryLog();
  return openNode({ ...options, network, root, log, jobs: options.jobs ?? 0, clock });
}

/** Import one file, and answer as `exos import` does. */
export async function importFile(
  node: EmbeddedNode,
  path: string,
  options: Parameters<EmbeddedNode["validator"]["importChain"]>[1] = {},
) {
  await using file = await openDiskChainFile(path);
  // Awaited here, or the file would be closed before it is read.
  return await node.validator.importChain([file], options);
}
