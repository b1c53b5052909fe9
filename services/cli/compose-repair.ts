import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ImportOptions } from "#services/cli/embedded/node-tasks.ts";
import type { NodeOptions } from "#services/cli/embedded/open-node.ts";
import { openNode } from "#services/cli/embedded/open-node.ts";
import { describeFailure } from "#services/cli/failure.ts";
import {
  type DataFolder,
  openDataFolder,
  STORE_FORMAT,
} from "#shared/adapters/embedded/data-folder.ts";
import { openLevelBlockStore } from "#shared/adapters/embedded/level-block-store.ts";
import { forgetDerived, repairLevelFolder } from "#shared/adapters/embedded/repair-folder.ts";
import { openStoredChainFile } from "#shared/adapters/embedded/stored-chain-file.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** Says in the folder that what is derived from blocks was forgotten and is being built again. */
const MARKER = "repairing";

/** Lies in the folder while a repair looks for what is broken. */
const DIAGNOSING = "diagnosing";

/** Codes that say that the file of the format itself cannot be used. */
const BAD_FORMAT: readonly (string | undefined)[] = ["EXOS-E1004", "EXOS-E1006"];

/** Stored blocks that may turn out bad in one repair. */
const REFUSED_MAX = 100;

function genesisOf({ network }: Pick<NodeOptions, "network">) {
  return toHashHex(network.consensus.genesis.hash);
}

async function holdFolder({ network, root }: NodeOptions): Promise<DataFolder> {
  const genesis = genesisOf({ network });
  const options = { root, network: network.name, genesis };
  try {
    return await openDataFolder(options);
  } catch (cause) {
    if (!(cause instanceof StoreFault) || !BAD_FORMAT.includes(cause.code)) throw cause;
    // Only blocks are kept, and those of a format that cannot be read are forgotten one by one.
    const format = { format: STORE_FORMAT, network: network.name, genesis };
    writeFileSync(join(root, network.name, "format.json"), `${JSON.stringify(format)}\n`);
    return await openDataFolder(options);
  }
}

/** Make the blocks open again. @returns whether LevelDB had to be repaired for it */
async function mendBlocks({ blocks }: DataFolder): Promise<boolean> {
  try {
    await using _ = await openLevelBlockStore(blocks);
    return false;
  } catch (cause) {
    if (!(cause instanceof StoreFault) || cause.code !== "EXOS-E1004") throw cause;
    await repairLevelFolder(blocks);
    return true;
  }
}

/** Forget the index of a folder that nobody holds: `start` builds it again. */
export async function forgetIndex(options: NodeOptions): Promise<void> {
  await using folder = await holdFolder(options);
  forgetDerived(folder, "index");
}

/** What judging the stored blocks again has found. */
export interface Rebuilt {
  /** LevelDB's own repair was needed for the bodies. */
  readonly mended: boolean;
  /** Bodies that were judged. */
  readonly blocks: number;
  /** Bodies forgotten because their bytes had changed. */
  readonly damaged: number;
  readonly tip: { readonly height: number; readonly hash: string };
  readonly interrupted: boolean;
}

/** Whether a rebuild was begun and not finished. */
export function isBeingRebuilt({ root, network }: NodeOptions): boolean {
  return existsSync(join(root, network.name, MARKER));
}

/** Note that a repair looks at the stores, until it has. `found`: another died over that. */
export function markDiagnosis({ root, network }: NodeOptions): Disposable & {
  readonly found: boolean;
} {
  const path = join(root, network.name, DIAGNOSING);
  const found = existsSync(path);
  if (!found && existsSync(join(root, network.name))) writeFileSync(path, "", { flush: true });
  return { found, [Symbol.dispose]: () => rmSync(path, { force: true }) };
}

/** What the bodies below were judged to is all there is of them. @throws StoreFault `EXOS-E1015` */
function refuseWithoutBodies({ path, lowestBody }: DataFolder): void {
  const lowest = lowestBody.get();
  if (lowest <= 1) return;
  const message = `${path} keeps no block below height ${lowest}, so its chain cannot be judged again`;
  throw new StoreFault(message, { retryable: false, code: "EXOS-E1015" });
}

/** Clear what is derived, unless an earlier run did. @returns whether LevelDB was repaired */
async function clear(options: NodeOptions): Promise<boolean> {
  if (isBeingRebuilt(options)) return false;
  await using folder = await holdFolder(options);
  refuseWithoutBodies(folder);
  const mended = await mendBlocks(folder);
  // Before anything is gone: a run that dies here clears again.
  forgetDerived(folder, "chain state");
  writeFileSync(join(folder.path, MARKER), "", { flush: true });
  return mended;
}

/**
 * Forget everything but the bodies of a folder, then judge these again as if they came from a file.
 * Killed anywhere, the next run goes on: a file in the folder says that it was begun.
 */
export async function rebuildFromBlocks(
  options: NodeOptions,
  importOptions: ImportOptions,
): Promise<Rebuilt> {
  const mended = await clear(options);
  try {
    return { mended, ...(await judgeAgain(options, importOptions)) };
  } catch (cause) {
    if (mended || describeFailure(cause).code !== "EXOS-E1004") throw cause;
  }
  // LevelDB sees some damage only when it merges its tables, which is after it was opened.
  {
    await using folder = await holdFolder(options);
    await repairLevelFolder(folder.blocks);
    forgetDerived(folder, "chain state");
  }
  return { mended: true, ...(await judgeAgain(options, importOptions)) };
}

async function judgeAgain(
  options: NodeOptions,
  importOptions: ImportOptions,
): Promise<Omit<Rebuilt, "mended">> {
  await using node = await openNode(options);
  let damaged = 0;
  let blocks = 0;
  // A stored block that a rule refuses ends an import: it is marked then, and passed by the next.
  for (let refused = 0; refused <= REFUSED_MAX; refused++) {
    const file = await openStoredChainFile(node.blocks, genesisOf(options));
    blocks = file.blocks;
    damaged += file.damaged;
    if (blocks === 0) break;
    const answer = await node.validator.importChain([file], importOptions);
    if (answer.ok) break;
  }
  const { height, hash } = await node.tip();
  const interrupted = importOptions.signal?.aborted === true;
  if (!interrupted) rmSync(join(node.folder.path, MARKER), { force: true });
  return { blocks, damaged, tip: { height, hash }, interrupted };
}
