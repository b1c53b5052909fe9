import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { composeEmbedded, type EmbeddedIndex } from "#services/index/compose-embedded.ts";
import { measureStore } from "#shared/adapters/embedded/measure-store.ts";

/** The index of an open node, until it is disposed of. @throws StoreFault when it cannot be opened */
export async function openIndexOf(node: EmbeddedNode): Promise<EmbeddedIndex> {
  const { coins, blocks, headers, network, folder, metrics, clock } = node;
  const seed = { coins, headers, lowestBody: folder.lowestBody.get };
  const { wire } = network.consensus;
  const opened = await composeEmbedded({ coins, blocks, seed }, { path: folder.index, wire });
  const index = measureStore(opened.index, {
    name: "index",
    operations: ["add", "follow", "totals", "history", "coins"],
    metrics,
    clock,
  });
  return {
    deps: { ...opened.deps, index },
    index,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}
