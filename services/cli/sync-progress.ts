import type { Terminal } from "#services/cli/command.ts";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import type { PeeredNode } from "#services/cli/embedded/open-peers.ts";
import type { ServedNode } from "#services/cli/embedded/serve-node.ts";
import { createLongWork, grouped, type LongWork } from "#services/cli/long-work.ts";

/** A node that follows others, and answers. */
interface Following {
  readonly node: EmbeddedNode;
  readonly peered: PeeredNode;
  readonly served: Pick<ServedNode, "index">;
}

type Progress = ReturnType<PeeredNode["ingest"]["progress"]>;

const LOOK_MS = 500;
/** A gap that is closed sooner than anybody reads of it. */
const SMALL_GAP = 32;

const countOf = (count: number, word: string) =>
  `${grouped(count)} ${word}${count === 1 ? "" : "s"}`;

/** What a phase is about, in numbers. */
function numbersOf({ phase, peers, height, target, blocksPerSecond }: Progress): string[] {
  switch (phase) {
    case "peers":
      return ["looking for other nodes"];
    case "headers":
      return ["asking where they stand", countOf(peers, "peer")];
    case "blocks":
      return [
        `${grouped(blocksPerSecond)} blk/s`,
        `height ${grouped(height)} of ${grouped(target)}`,
        countOf(peers, "peer"),
      ];
    case "tip":
      return [`height ${grouped(height)}`, countOf(peers, "peer")];
  }
}

function percentOf({ phase, height, target, from }: Progress & { readonly from: number }): number {
  if (phase === "tip") return 100;
  return phase === "blocks" ? (100 * (height - from)) / Math.max(1, target - from) : 0;
}

/** Whether the index has what the chain has: until then the node is not at the tip for who asks. */
async function isIndexed({ served }: Following, height: number): Promise<boolean> {
  return ((await served.index.cursor())?.height ?? -1) >= height - 1;
}

/** Say by phases how a node catches up with its peers, until the signal is aborted. */
export async function showSync(
  following: Following,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { node, peered } = following;
  const elapsedMs = () => node.clock.elapsedMs();
  let shown: { readonly phase: string; readonly work: LongWork; readonly from: number } | undefined;
  while (!signal.aborted) {
    const progress = peered.ingest.progress();
    const { phase, height } = progress;
    const isWaiting = phase === "tip" && !(await isIndexed(following, height));
    if (shown?.phase !== phase && !isWaiting) {
      shown = { phase, work: createLongWork({ terminal, phase, elapsedMs }), from: height };
      if (phase === "tip") shown.work.show(100, numbersOf(progress));
    }
    if (phase !== "tip" && shown !== undefined) {
      shown.work.show(percentOf({ ...progress, from: shown.from }), numbersOf(progress));
    }
    try {
      await node.clock.sleep(LOOK_MS, signal);
    } catch (cause) {
      // The signal ended the sleep, which is how this loop ends.
      if (!signal.aborted) throw cause;
    }
  }
}

/** Wait while blocks pour in: the index follows once, and not beside them. */
export async function downloaded(
  { node, peered }: Omit<Following, "served">,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const { phase, height, target } = peered.ingest.progress();
    if (phase !== "blocks" || target - height < SMALL_GAP) return;
    try {
      await node.clock.sleep(LOOK_MS, signal);
    } catch (cause) {
      // The signal ended the sleep, which is how this loop ends.
      if (!signal.aborted) throw cause;
    }
  }
}
