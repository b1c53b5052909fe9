import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";

/** Whether a node has the bytes of its chain's block at a height. */
export async function hasBody({ coins, blocks }: EmbeddedNode, height: number): Promise<boolean> {
  const tip = await coins.tip();
  const hash = tip === undefined ? undefined : await activeHashAt(height, tip, coins);
  return hash !== undefined && (await blocks.get(hash)) !== undefined;
}

/** Remove bodies as a node does that is told to keep so many. @param followed by the index */
export function prune(node: EmbeddedNode, keepBlocks: number, followed: number): Promise<number> {
  const options = { lowest: node.folder.lowestBody, keepBlocks };
  return node.validator.prune({ ...options, followedHeight: async () => followed });
}
