import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import type { AddressIndex } from "#shared/ports/address-index.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";

/** How often it is looked whether bodies may go, in milliseconds. */
const LOOK_MS = 10_000;

/**
 * Keep the bodies of so many blocks alone, until the signal is aborted. The index has to have read
 * what goes.
 *
 * @param keepBlocks 0 to keep all
 */
export async function runPruning(
  { validator, folder, clock, log }: EmbeddedNode,
  { index, keepBlocks }: { readonly index: AddressIndex; readonly keepBlocks: number },
  signal: AbortSignal,
): Promise<void> {
  if (keepBlocks === 0) return;
  const followedHeight = async () => (await index.cursor())?.height ?? -1;
  const options = { lowest: folder.lowestBody, keepBlocks, followedHeight };
  while (!signal.aborted) {
    const gone = await validator.prune(options);
    if (gone > 0) log.debug("pruned", { bodies: gone, lowest: folder.lowestBody.get() });
    await sleepOrStop(clock, LOOK_MS, signal);
  }
}
