import type { Terminal } from "#services/cli/command.ts";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import type { PeeredNode } from "#services/cli/embedded/open-peers.ts";
import type { ServedNode } from "#services/cli/embedded/serve-node.ts";
import { createLongWork, grouped, type LongWork } from "#services/cli/long-work.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";

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
    case "index":
    case "tip":
      return [`height ${grouped(height)}`, countOf(peers, "peer")];
  }
}

function percentOf({ phase, height, target, from }: Progress & { readonly from: number }): number {
  if (phase === "tip") return 100;
  return phase === "blocks" ? (100 * (height - from)) / Math.max(1, target - from) : 0;
}

/** Tell the node whether its index has what the chain has, and see where that leaves it. */
async function look({ peered, served }: Following): Promise<Progress> {
  const { height } = peered.ingest.progress();
  const indexed = (await served.index.cursor())?.height ?? -1;
  peered.ingest.indexing(indexed < height - 1);
  return peered.ingest.progress();
}

/** Whether a phase is worth a line: the index has its own, and single blocks come all the time. */
function isShown({ phase, height, target }: Progress, before: string | undefined): boolean {
  if (phase === "index") return false;
  return before !== "tip" || phase === "peers" || target - height >= SMALL_GAP;
}

/** A development network that nobody is to join: nothing is looked for. */
function isAlone({ node, peered }: Following): boolean {
  return node.network.kind === "regtest" && !peered.peers.network().hasSource;
}

/** Say by phases how a node catches up with its peers, until the signal is aborted. */
export async function showSync(
  following: Following,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = following.node;
  const elapsedMs = () => clock.elapsedMs();
  let shown: { readonly phase: string; readonly work: LongWork; readonly from: number } | undefined;
  while (!signal.aborted) {
    const progress = await look(following);
    const { phase, height } = progress;
    const isIdle = phase === "peers" && isAlone(following);
    if (!isIdle && isShown(progress, shown?.phase)) {
      if (shown?.phase !== phase) {
        shown = { phase, work: createLongWork({ terminal, phase, elapsedMs }), from: height };
      }
      shown.work.show(percentOf({ ...progress, from: shown.from }), numbersOf(progress));
    }
    await sleepOrStop(clock, LOOK_MS, signal);
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
    await sleepOrStop(node.clock, LOOK_MS, signal);
  }
}
