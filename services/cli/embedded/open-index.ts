import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { composeEmbedded, type EmbeddedIndex } from "#services/index/compose-embedded.ts";

/** The index of an open node, until it is disposed of. @throws StoreFault when it cannot be opened */
export function openIndexOf(node: EmbeddedNode): Promise<EmbeddedIndex> {
  const { coins, blocks, headers, network, folder } = node;
  const seed = { coins, headers, lowestBody: folder.lowestBody.get };
  const { wire } = network.consensus;
  return composeEmbedded({ coins, blocks, seed }, { path: folder.index, wire });
}
